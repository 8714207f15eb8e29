import type { Clock, ErrorCode, SessionCloseReason } from '@voice-bridge/core';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { SessionEvent, SessionHost } from '../../seam/session-events.ts';
import type { Limits } from '../limits/limits.ts';
import type { Redact } from '../redact.ts';
import type { Tool } from '../tools/tool.ts';
import type { ToolOutcome, ToolRequest } from '../tools/tool-runner.ts';

/** How a session ended. */
export interface SessionEnd {
  readonly reason: SessionCloseReason;
  readonly code: ErrorCode;
  readonly message: string;
  /** Whether the model leg ever was connected. */
  readonly wasOpen: boolean;
}

/** Who is told what a session does. */
export interface SessionObserver {
  onOpened(options: SessionOptions, subject: string): void;
  /** Every event of the host, before the session acts on it. */
  onEvent(options: SessionOptions, event: SessionEvent): void;
  onToolStart(options: SessionOptions, request: ToolRequest): void;
  onToolOutcome(options: SessionOptions, outcome: ToolOutcome): void;
  onHostFailure(options: SessionOptions, error: unknown): void;
  onClosed(options: SessionOptions, end: SessionEnd): void;
}

/** What a session runs on. */
export interface SessionPorts {
  readonly host: SessionHost;
  readonly clock: Clock;
  /** Wall-clock time in ms since 1970. */
  readonly wallClock: () => number;
  readonly limits: Limits;
  readonly tools: Readonly<Record<string, Tool>>;
  readonly redact: Redact;
  readonly observer: SessionObserver;
  readonly mintResumeToken: () => string;
}
