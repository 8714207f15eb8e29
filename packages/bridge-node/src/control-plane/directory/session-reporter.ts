import type { Emitter, ErrorCode, Logger, SessionCloseReason } from '@voice-bridge/core';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { SessionEvent } from '../../seam/session-events.ts';
import type { BridgeEvents, SessionRef } from '../bridge-events.ts';
import type { Redact } from '../redact.ts';
import type { StoredEvent } from '../store/conversation-store.ts';
import type { Journal } from '../store/journal.ts';
import type { ToolOutcome, ToolRequest } from '../tools/tool-runner.ts';
import { plain } from './session-errors.ts';
import type { SessionEnd, SessionObserver } from './session-ports.ts';

/** Where a {@link SessionReporter} reports to. */
export interface SessionReporterOptions {
  readonly emitter: Emitter<BridgeEvents>;
  readonly journal: Journal;
  readonly logger: Logger;
  readonly redact: Redact;
  /** Wall-clock time in ms since 1970. */
  readonly wallClock: () => number;
}

const FAILURES: ReadonlySet<SessionCloseReason> = new Set(['failed', 'model_closed', 'connection_lost']);

/** Tells the application, the store and the log what sessions do. */
export class SessionReporter implements SessionObserver {
  readonly #options: SessionReporterOptions;

  constructor(options: SessionReporterOptions) {
    this.#options = options;
  }

  onOpened(session: SessionOptions, subject: string): void {
    const ref = refOf(session);
    this.#keep(session, { type: 'sessionOpened', at: this.#options.wallClock(), sessionId: ref.sessionId });
    this.#options.logger.info({ ...ref }, 'session opened');
    this.#options.emitter.emit('sessionOpened', { ...ref, subject });
  }

  onEvent(session: SessionOptions, event: SessionEvent): void {
    const { emitter } = this.#options;
    const ref = refOf(session);
    switch (event.type) {
      case 'participantJoined':
        emitter.emit('participantJoined', { ...ref, participantId: event.participantId });
        return;
      case 'participantLeft': {
        const { participantId, reason } = event;
        emitter.emit('participantLeft', { ...ref, participantId, reason });
        return;
      }
      case 'transcript': {
        const { entry, after } = event;
        if ((entry.state === 'final' || entry.state === 'interrupted') && entry.text !== '') {
          const at = this.#options.wallClock();
          this.#keep(session, { type: 'transcript', at, sessionId: ref.sessionId, entry, after });
        }
        emitter.emit('transcript', { ...ref, entry, after });
        return;
      }
      case 'warning':
        this.warn(session, event.code, event.message);
        return;
      default:
        return;
    }
  }

  onToolStart(session: SessionOptions, request: ToolRequest): void {
    this.#options.emitter.emit('toolCall', { ...refOf(session), ...request });
  }

  onToolOutcome(session: SessionOptions, outcome: ToolOutcome): void {
    const { durationMs, ...kept } = outcome;
    const { sessionId } = session;
    this.#keep(session, { type: 'toolCall', at: this.#options.wallClock(), sessionId, ...kept });
    const { callId, name, failed } = outcome;
    this.#options.logger.info({ ...refOf(session), callId, name, failed, durationMs }, 'tool call ended');
    this.#options.emitter.emit('toolResult', { ...refOf(session), ...outcome });
  }

  onHostFailure(session: SessionOptions, error: unknown): void {
    this.warn(session, 'internal', error instanceof Error ? error.message : 'The media host failed');
  }

  onClosed(session: SessionOptions, end: SessionEnd): void {
    const ref = refOf(session);
    const { reason, code, message, wasOpen } = end;
    if (!wasOpen) {
      // One that was given up on purpose is no failure.
      if (FAILURES.has(reason)) this.warn(session, code, message);
      return;
    }
    this.#keep(session, { type: 'sessionClosed', at: this.#options.wallClock(), sessionId: ref.sessionId, reason });
    this.#options.logger.info({ ...ref, reason, code }, 'session closed');
    this.#options.emitter.emit('sessionClosed', { ...ref, reason, code });
  }

  /** Logs and emits a `warning`; secrets are taken out of the message. */
  warn(session: SessionHint, code: ErrorCode, message: string): void {
    const { conversationId, sessionId } = session;
    const safe = plain(message, this.#options.redact);
    this.#options.logger.warn({ conversationId, sessionId, code }, safe);
    this.#options.emitter.emit('warning', { conversationId, sessionId, code, message: safe });
  }

  #keep(session: SessionOptions, event: StoredEvent): void {
    this.#options.journal.append(session.conversationId, event);
  }
}

/** What is known of where a warning belongs. */
interface SessionHint {
  readonly conversationId?: string | undefined;
  readonly sessionId?: string | undefined;
}

function refOf(session: SessionOptions): SessionRef {
  return { conversationId: session.conversationId, sessionId: session.sessionId };
}
