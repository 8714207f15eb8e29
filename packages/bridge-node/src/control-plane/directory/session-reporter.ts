import type { Emitter, ErrorCode, FeedEvent, Logger, SessionCloseReason } from '@voice-bridge/core';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { SessionEvent } from '../../seam/session-events.ts';
import type { BridgeEvents, SessionRef } from '../bridge-events.ts';
import type { ConversationFeeds } from '../feed/conversation-feeds.ts';
import type { Redact } from '../redact.ts';
import type { StoredEvent } from '../store/conversation-store.ts';
import type { ToolOutcome, ToolRequest } from '../tools/tool-runner.ts';
import { plain } from './session-errors.ts';
import type { SessionEnd, SessionObserver } from './session-ports.ts';

/** Where a {@link SessionReporter} reports to. */
export interface SessionReporterOptions {
  readonly emitter: Emitter<BridgeEvents>;
  /** Where what happens is kept, and told to whoever follows. */
  readonly feeds: ConversationFeeds;
  readonly logger: Logger;
  readonly redact: Redact;
  /** Wall-clock time in ms since 1970. */
  readonly wallClock: () => number;
}

const FAILURES: ReadonlySet<SessionCloseReason> = new Set(['failed', 'model_closed', 'connection_lost']);

/** Tells the application, the store, the feeds and the log what sessions do. */
export class SessionReporter implements SessionObserver {
  readonly #options: SessionReporterOptions;

  constructor(options: SessionReporterOptions) {
    this.#options = options;
  }

  onOpened(session: SessionOptions, subject: string): void {
    const ref = refOf(session);
    this.#keep(session, { type: 'sessionOpened', ...this.#head(session) });
    this.#options.logger.info({ ...ref }, 'session opened');
    this.#options.emitter.emit('sessionOpened', { ...ref, subject });
  }

  onEvent(session: SessionOptions, event: SessionEvent): void {
    const { emitter } = this.#options;
    const ref = refOf(session);
    switch (event.type) {
      case 'participantJoined': {
        const { type, participantId, name, role, transport } = event;
        this.#keep(session, { type, ...this.#head(session), participantId, name, role, transport });
        emitter.emit('participantJoined', { ...ref, participantId, name, role, transport });
        return;
      }
      case 'participantChanged': {
        const { participantId, muted, gain, role } = event;
        this.#tell(session, { type: 'participant_changed', participant_id: participantId, muted, gain, role });
        emitter.emit('participantChanged', { ...ref, participantId, muted, gain, role });
        return;
      }
      case 'participantLeft': {
        const { type, participantId, reason } = event;
        this.#keep(session, { type, ...this.#head(session), participantId, reason });
        emitter.emit('participantLeft', { ...ref, participantId, reason });
        return;
      }
      case 'transcript': {
        const { entry, after } = event;
        if ((entry.state === 'final' || entry.state === 'interrupted') && entry.text !== '') {
          this.#keep(session, { type: 'transcript', ...this.#head(session), entry, after });
        } else {
          this.#tell(session, { type: 'transcript', entry, after });
        }
        emitter.emit('transcript', { ...ref, entry, after });
        return;
      }
      case 'transcriptDelta':
        this.#tell(session, { type: 'transcript_delta', entry_id: event.id, delta: event.delta });
        return;
      case 'assistantChanged':
        this.#tell(session, { type: 'assistant', state: event.state });
        return;
      case 'speakers':
        this.#tell(session, { type: 'speaker', participant_id: event.active });
        return;
      case 'warning':
        this.warn(session, event.code, event.message);
        return;
      default:
        return;
    }
  }

  onToolStart(session: SessionOptions, request: ToolRequest): void {
    const { callId, name } = request;
    const call = { call_id: callId, name, arguments: request.arguments, state: 'running' } as const;
    this.#tell(session, { type: 'tool_call', tool_call: call });
    this.#options.emitter.emit('toolCall', { ...refOf(session), ...request });
  }

  onToolOutcome(session: SessionOptions, outcome: ToolOutcome): void {
    const { durationMs, ...kept } = outcome;
    this.#keep(session, { type: 'toolCall', ...this.#head(session), ...kept });
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
    this.#keep(session, { type: 'sessionClosed', ...this.#head(session), reason, code });
    this.#options.logger.info({ ...ref, reason, code }, 'session closed');
    this.#options.emitter.emit('sessionClosed', { ...ref, reason, code });
  }

  /** Logs, keeps and emits a `warning`; secrets are taken out of the message. */
  warn({ conversationId, sessionId }: SessionRef, code: ErrorCode, message: string): void {
    const at = this.#options.wallClock();
    const safe = plain(message, this.#options.redact);
    this.#options.feeds.keep(conversationId, { type: 'warning', at, sessionId, code, message: safe });
    this.#options.logger.warn({ conversationId, sessionId, code }, safe);
    this.#options.emitter.emit('warning', { conversationId, sessionId, code, message: safe });
  }

  /** Logs and emits a `warning` about the store, which so cannot keep it; undefined: about no conversation in particular. */
  storeFailed(conversationId: string | undefined, message: string): void {
    const safe = plain(message, this.#options.redact);
    this.#options.logger.warn({ conversationId, code: 'internal' }, safe);
    this.#options.emitter.emit('warning', { conversationId, sessionId: undefined, code: 'internal', message: safe });
  }

  #keep(session: SessionOptions, event: StoredEvent): void {
    this.#options.feeds.keep(session.conversationId, event);
  }

  #tell(session: SessionOptions, event: FeedBody): void {
    this.#options.feeds.tell(session.conversationId, () => ({
      ...event,
      at: this.#options.wallClock(),
      session_id: session.sessionId,
    }));
  }

  #head({ sessionId }: SessionOptions): { at: number; sessionId: string } {
    return { at: this.#options.wallClock(), sessionId };
  }
}

/** What {@link SessionReporter} tells and does not keep, without what every event has. */
type FeedBody = { [Type in Passing]: Omit<Extract<FeedEvent, { type: Type }>, 'id' | 'at' | 'session_id'> }[Passing];
type Passing = 'participant_changed' | 'transcript' | 'transcript_delta' | 'assistant' | 'speaker' | 'tool_call';

function refOf(session: SessionOptions): SessionRef {
  return { conversationId: session.conversationId, sessionId: session.sessionId };
}
