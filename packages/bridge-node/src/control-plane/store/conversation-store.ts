import type { SessionCloseReason, TranscriptEntry } from '@voice-bridge/core';

/** What happened in a conversation, as it is kept. `at` is wall-clock time in ms since 1970. */
export type StoredEvent =
  | { readonly type: 'sessionOpened'; readonly at: number; readonly sessionId: string }
  | {
      readonly type: 'sessionClosed';
      readonly at: number;
      readonly sessionId: string;
      readonly reason: SessionCloseReason;
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
    };

/** Keeps what happened in conversations beyond their sessions. Bounded per conversation: the oldest events go first. */
export interface ConversationStore {
  /** Adds one event at the end. Events of one conversation are appended one after the other. */
  append(conversationId: string, event: StoredEvent): Promise<void>;
  /** The newest `limit` events, oldest first; empty for an unknown conversation. */
  read(conversationId: string, limit: number): Promise<readonly StoredEvent[]>;
  /** Forgets a conversation. */
  delete(conversationId: string): Promise<void>;
  /** Flushes and frees what the store holds. Idempotent. */
  close(): Promise<void>;
}
