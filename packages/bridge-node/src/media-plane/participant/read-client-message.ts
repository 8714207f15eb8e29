import type { ClientControlMessage, ServerControlMessage } from '@voice-bridge/core';
import type { ParticipantEvent } from './participant.ts';

/** What a message of a client comes to: something for the session, an error it is told, or nothing but a sign of life. */
export type ClientMessageMeaning =
  | Extract<ParticipantEvent, { type: 'request' | 'left' }>
  | Extract<ServerControlMessage, { type: 'error' }>
  | { readonly type: 'alive' };

/** Reads a valid message of a client that may type texts of at most `textLength` UTF-16 units; 0: none. */
export function readClientMessage(message: ClientControlMessage, textLength: number): ClientMessageMeaning {
  if (message.type === 'leave') return { type: 'left', reason: 'left' };
  if (message.type === 'pong') return { type: 'alive' };
  if (message.type !== 'text' || message.text.length <= textLength) return { type: 'request', request: message };
  return textLength === 0
    ? { type: 'error', code: 'forbidden', message: 'You may not type here' }
    : { type: 'error', code: 'text_too_long', message: `The text is longer than ${textLength} characters` };
}
