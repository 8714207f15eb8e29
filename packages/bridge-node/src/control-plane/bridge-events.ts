import type { ErrorCode, SessionCloseReason, TranscriptEntry } from '@voice-bridge/core';
import type { Participant } from './directory/session-participants.ts';

/** Which session an event belongs to. */
export interface SessionRef {
  readonly conversationId: string;
  readonly sessionId: string;
}

/** A tool call the model made; `arguments` is its JSON text, unchecked. */
export interface ToolCallEvent extends SessionRef {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/** What `bridge.on` tells. Background failures that heal are `warning`s. */
export type BridgeEvents = {
  /** The model leg is connected. */
  sessionOpened: [event: SessionRef & { readonly subject: string }];
  /** The last event of a session that was opened; `code` is what a client asking now would be told. */
  sessionClosed: [event: SessionRef & { readonly reason: SessionCloseReason; readonly code: ErrorCode }];
  /** Somebody takes part from now on: unmuted, as loud as it is. */
  participantJoined: [event: SessionRef & Pick<Participant, 'participantId' | 'name' | 'role' | 'transport'>];
  /** How a participant is from now on. */
  participantChanged: [event: SessionRef & Pick<Participant, 'participantId' | 'muted' | 'gain' | 'role'>];
  participantLeft: [event: SessionRef & { readonly participantId: string; readonly reason: string }];
  /** An entry, new or changed, and the entry it stands after (null: first). */
  transcript: [event: SessionRef & { readonly entry: TranscriptEntry; readonly after: string | null }];
  toolCall: [event: ToolCallEvent];
  /** What the model was given for a call: JSON text. */
  toolResult: [
    event: ToolCallEvent & { readonly output: string; readonly failed: boolean; readonly durationMs: number },
  ];
  warning: [
    event: {
      readonly conversationId: string | undefined;
      readonly sessionId: string | undefined;
      readonly code: ErrorCode;
      readonly message: string;
    },
  ];
};
