import type { AssistantState, TranscriptEntry } from '@voice-bridge/core';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { ToolRequest } from '../tools/tool-runner.ts';
import type { Participant } from './session-participants.ts';

/** Where a session is in its life. */
export type SessionStateName = 'opening' | 'open' | 'closing' | 'closed';

/** A session as an application sees it. */
export interface SessionView {
  readonly conversationId: string;
  readonly sessionId: string;
  /** Who opened it. */
  readonly subject: string;
  readonly state: SessionStateName;
  /** Those who are connected. */
  readonly participants: readonly Participant[];
  /** When it was asked for, in ms since 1970. */
  readonly openedAt: number;
  /** What the assistant does. */
  readonly assistant: AssistantState;
  /** Since it was asked for, in ms. */
  readonly ageMs: number;
  /** The newest entries, in the order they were said. */
  readonly transcript: readonly TranscriptEntry[];
}

/** What a rebuild of a session on another host needs besides a new connection. */
export interface SessionRecord extends SessionView {
  readonly options: SessionOptions;
  /** Tool calls the model waits for. */
  readonly openToolCalls: readonly ToolRequest[];
}
