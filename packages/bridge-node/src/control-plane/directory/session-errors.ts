import { type ErrorCode, type SessionCloseReason, VoiceBridgeError } from '@voice-bridge/core';
import type { Redact } from '../redact.ts';

const MAX_MESSAGE_LENGTH = 300;

const ERRORS: Readonly<Record<SessionCloseReason, readonly [code: ErrorCode, message: string]>> = {
  stopped: ['session_closed', 'The session was closed'],
  replaced: ['session_replaced', 'A newer session for this conversation took its place'],
  revoked: ['unauthorized', 'You may not be in this session any more'],
  kicked: ['participant_removed', 'You were taken out of the session'],
  left: ['session_closed', 'Everybody left the session'],
  idle: ['session_idle', 'Nobody spoke or typed for too long'],
  expired: ['session_expired', 'The session reached its longest duration'],
  model_closed: ['model_closed', 'The speech model ended the session'],
  connection_lost: ['connection_lost', 'The connection to the browser was lost'],
  shutting_down: ['shutting_down', 'The server is shutting down'],
  failed: ['internal', 'The session failed'],
};

/** Why a session is over, as an error; the host's own code and message go before the general ones. */
export function closedError(
  reason: SessionCloseReason,
  code: ErrorCode | undefined,
  message: string | undefined,
  redact: Redact,
): VoiceBridgeError {
  const [generalCode, generalMessage] = ERRORS[reason];
  return new VoiceBridgeError(code ?? generalCode, message === undefined ? generalMessage : plain(message, redact));
}

/** `not_found`, for a conversation without a session and for one that is not the asker's. */
export function noSession(): VoiceBridgeError {
  return new VoiceBridgeError('not_found', 'This conversation has no session');
}

/** One line of at most 300 characters without secrets: fit for a client. */
export function plain(message: string, redact: Redact): string {
  const [firstLine = ''] = redact(message).split('\n');
  return firstLine.slice(0, MAX_MESSAGE_LENGTH);
}
