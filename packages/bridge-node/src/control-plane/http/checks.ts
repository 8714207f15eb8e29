import { type Parsed, VoiceBridgeError } from '@voice-bridge/core';
import { type Identity, mayDo, mayTouch, type Scope } from './identity.ts';

/** What was read, or `invalid_request` with the problem. */
export function valid<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new VoiceBridgeError('invalid_request', parsed.problem);
}

/** Throws `forbidden` when the identity lacks every one of the scopes. */
export function requireScope(identity: Identity, ...scopes: readonly Scope[]): void {
  if (scopes.some((scope) => mayDo(identity, scope))) return;
  throw new VoiceBridgeError('forbidden', `You may not do this: '${scopes[0]}' is missing`);
}

/** Throws the same `not_found` whether the conversation is somebody else's or nobody's. */
export function requireConversation(identity: Identity, conversationId: string): void {
  if (!mayTouch(identity, conversationId)) throw noSession();
}

/** `not_found`, for a conversation without a session and for one that is not the asker's. */
export function noSession(): VoiceBridgeError {
  return new VoiceBridgeError('not_found', 'This conversation has no session');
}
