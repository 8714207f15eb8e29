import type {
  ErrorCode,
  ParticipantRole,
  ParticipantTransport,
  SessionCloseReason,
  TranscriptEntry,
} from '@voice-bridge/core';

/** What happened in a conversation, as it is kept. `at` is wall-clock time in ms since 1970. */
export type StoredEvent =
  | { readonly type: 'sessionOpened'; readonly at: number; readonly sessionId: string }
  | {
      readonly type: 'sessionClosed';
      readonly at: number;
      readonly sessionId: string;
      readonly reason: SessionCloseReason;
      /** What a client asking right after was told. */
      readonly code?: ErrorCode;
    }
  | {
      readonly type: 'participantJoined';
      readonly at: number;
      readonly sessionId: string;
      readonly participantId: string;
      readonly name: string | null;
      readonly role: ParticipantRole;
      readonly transport: ParticipantTransport;
    }
  | {
      readonly type: 'participantLeft';
      readonly at: number;
      readonly sessionId: string;
      readonly participantId: string;
      readonly reason: string;
    }
  /** A transcript entry that will not change any more, and the entry it stands after (null: first of its session). */
  | {
      readonly type: 'transcript';
      readonly at: number;
      readonly sessionId: string;
      readonly entry: TranscriptEntry;
      readonly after: string | null;
    }
  | {
      readonly type: 'toolCall';
      readonly at: number;
      readonly sessionId: string;
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
      readonly output: string;
      readonly failed: boolean;
    }
  /** Something failed that healed, or ended an opening. */
  | {
      readonly type: 'warning';
      readonly at: number;
      readonly sessionId: string | null;
      readonly code: ErrorCode;
      readonly message: string;
    };

/** An event and its place among those of its conversation. */
export interface KeptEvent {
  readonly id: number;
  readonly event: StoredEvent;
}

/** Keeps what happened in conversations beyond their sessions. Bounded per conversation: the oldest events go first. */
export interface ConversationStore {
  /**
   * Adds one event at the end and gives its id: a whole number greater than 0 and than every id of the conversation before, also of what is
   * forgotten since; one more than the last one's while the conversation is kept. Events of one conversation are appended one after the other.
   */
  append(conversationId: string, event: StoredEvent): Promise<number>;
  /** The newest `limit` events, oldest first; empty for an unknown conversation. */
  read(conversationId: string, limit: number): Promise<readonly StoredEvent[]>;
  /** The oldest `limit` events whose id is greater than `after`, oldest first. */
  readAfter(conversationId: string, after: number, limit: number): Promise<readonly KeptEvent[]>;
  /** Forgets a conversation. */
  delete(conversationId: string): Promise<void>;
  /** Flushes and frees what the store holds. Idempotent. */
  close(): Promise<void>;
}
