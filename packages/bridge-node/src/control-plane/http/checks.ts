import { type Parsed, VoiceBridgeError } from '@voice-bridge/core';
import { noSession } from '../directory/session-errors.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { type Caller, type Identity, mayDo, mayEndOthers, mayOpen, mayTouch, type Scope } from './identity.ts';

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

/** Throws `forbidden` when the conversation's session is somebody else's and the identity may end only its own. */
export function requireOwn({ directory }: Pick<EndpointPorts, 'directory'>, identity: Identity, id: string): void {
  if (mayEndOthers(identity) || !directory.isSomebodyElses(id, identity.subject)) return;
  throw new VoiceBridgeError('forbidden', 'Only who opened the session, or may end others, ends it');
}

/** Throws `forbidden` when the caller only joins sessions, and this opens one. */
export function requireOpener(caller: Caller, isJoin = false): void {
  if (isJoin || mayOpen(caller)) return;
  throw new VoiceBridgeError('forbidden', 'A phone joins sessions that somebody else opens');
}

/** Throws the same `not_found` whether the conversation is somebody else's or nobody's. */
export function requireConversation(identity: Identity, conversationId: string): void {
  if (!mayTouch(identity, conversationId)) throw noSession();
}
