import {
  type AssistantState,
  type CancelTimer,
  newestEntries,
  type SessionCloseReason,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { JoinProfile, SessionCommand, SessionOptions } from '../../seam/session-commands.ts';
import type { SessionEvent, SessionHandle, SessionStats } from '../../seam/session-events.ts';
import { Rate } from '../limits/rate.ts';
import { type PlacedEntry, placeEntry } from '../store/transcript-order.ts';
import { ToolRunner } from '../tools/tool-runner.ts';
import { type Deferred, deferred } from './deferred.ts';
import { Recordings } from './recordings.ts';
import { closedError } from './session-errors.ts';
import { type JoinMedia, type ParticipantSettings, SessionParticipants } from './session-participants.ts';
import type { SessionPorts } from './session-ports.ts';
import type { SessionRecord, SessionStateName } from './session-record.ts';
import { SessionTimers } from './session-timers.ts';
import { StatsRequests } from './stats-requests.ts';
import { requireRoom, type UserMessage } from './user-message.ts';

type State =
  | { readonly name: 'opening'; readonly opened: Deferred<void> }
  | { readonly name: 'open' }
  | {
      readonly name: 'closing';
      readonly wasOpen: boolean;
      readonly reason: SessionCloseReason;
      readonly error: VoiceBridgeError;
      readonly cancelGrace: CancelTimer;
    }
  | { readonly name: 'closed' };

/** What the media host may take beyond its own deadlines before we stop waiting for it, in ms. */
const HOST_GRACE_MS = 6_000;
const TEXTS_AT_ONCE = 10;

/** One session as the control plane runs it: opens it at a host, lets participants in, runs its tools, watches its time. */
export class LiveSession {
  readonly options: SessionOptions;
  readonly subject: string;
  readonly #ports: SessionPorts;
  readonly #startedAt: number;
  readonly #openedAt: number;
  readonly #tools: ToolRunner;
  readonly #timers: SessionTimers;
  readonly #participants: SessionParticipants;
  readonly #recordings = new Recordings((command) => this.#send(command));
  readonly #closed = deferred<void>();
  readonly #texts: Rate;
  readonly #stats = new StatsRequests(() => this.#send({ type: 'reportStats' }));
  #handle: SessionHandle | undefined;
  #state: State = { name: 'opening', opened: deferred() };
  #transcript: PlacedEntry[] = [];
  #assistant: AssistantState = 'idle';

  constructor(options: SessionOptions, subject: string, ports: SessionPorts) {
    this.options = options;
    this.subject = subject;
    this.#ports = ports;
    this.#startedAt = ports.clock.now();
    this.#openedAt = ports.wallClock();
    this.#texts = new Rate(ports.limits.textsPerMinute, TEXTS_AT_ONCE, this.#startedAt);
    this.#tools = this.#createToolRunner();
    this.#timers = new SessionTimers({
      clock: ports.clock,
      limits: ports.limits,
      onEnd: (reason) => this.#beginClose(reason),
    });
    this.#participants = new SessionParticipants({
      clock: ports.clock,
      limits: ports.limits,
      redact: ports.redact,
      connectTimeoutMs: options.connectTimeoutMs,
      mintResumeToken: ports.mintResumeToken,
      send: (command) => this.#send(command),
      onNobodyCame: () => this.#nobodyCame(),
    });
  }

  get state(): SessionStateName {
    return this.#state.name;
  }

  /** Everything a rebuild needs, and what an application is shown. */
  get record(): SessionRecord {
    return {
      conversationId: this.options.conversationId,
      sessionId: this.options.sessionId,
      subject: this.subject,
      state: this.#state.name,
      participants: this.#participants.list,
      openedAt: this.#openedAt,
      assistant: this.#assistant,
      ageMs: this.#ports.clock.now() - this.#startedAt,
      transcript: this.#transcript.map((placed) => placed.entry),
      options: this.options,
      openToolCalls: this.#tools.running,
    };
  }

  /** Resolves when the session is over and everything it held is free. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Dials the model. Resolves when it is connected; rejects with why it is not, when everything is free again. */
  async open(): Promise<void> {
    if (this.#state.name !== 'opening') throw this.#closedError('stopped');
    const { opened } = this.#state;
    const { clock, host, observer } = this.#ports;
    const limitMs = this.options.upstream.connectTimeoutMs;
    const cancelGuard = clock.after(limitMs + HOST_GRACE_MS, () => {
      const message = `The speech model did not answer within ${limitMs / 1_000} s`;
      this.#beginClose('failed', new VoiceBridgeError('connect_timeout', message));
    });
    opened.promise.then(cancelGuard, cancelGuard);
    try {
      this.#handle = host.open(this.options, (event) => this.#take(event));
    } catch (error) {
      observer.onHostFailure(this.options, error);
      this.#finish('failed', new VoiceBridgeError('internal', 'The session could not be started'));
    }
    try {
      await opened.promise;
    } catch (error) {
      await this.closed;
      throw error;
    }
  }

  /** Who is in it, or on the way. */
  get participants(): SessionParticipants {
    return this.#participants;
  }

  /** Lets one more participant in; resolves with the answer to its offer. Rejects when it is refused, or the session ends first. */
  join(media: JoinMedia, profile: JoinProfile, signal?: AbortSignal): Promise<string> {
    return this.#state.name === 'open'
      ? this.#participants.join(media, profile, signal)
      : Promise.reject(this.#closedError('stopped'));
  }

  /** Changes a participant; false when it is not connected. Throws `rate_limited` when there was too much of it. */
  setParticipant(participantId: string, settings: ParticipantSettings): boolean {
    return this.#state.name === 'open' && this.#participants.set(participantId, settings);
  }

  /** Takes a participant out; false when it is not connected. Throws `rate_limited` when there was too much of it. */
  removeParticipant(participantId: string): boolean {
    return this.#state.name === 'open' && this.#participants.remove(participantId);
  }

  /** Plays a recording to everybody who hears. Resolves when it was heard or gave way; rejects when the session is not open or ends first. */
  play(samples: Int16Array): Promise<void> {
    return this.#state.name === 'open' ? this.#recordings.play(samples) : Promise.reject(this.#closedError('stopped'));
  }

  /** Hands what a user typed or shows to the model; false when the session is not open. Throws `rate_limited` and `body_too_large`. */
  sendText({ text = '', imageUrl }: UserMessage): boolean {
    if (this.#state.name !== 'open') return false;
    if (imageUrl !== undefined) requireRoom(imageUrl, this.options.upstream);
    this.#texts.take(this.#ports.clock.now());
    this.#timers.touch();
    const picture = imageUrl === undefined ? {} : { imageUrl };
    this.#send({ type: 'sendText', text, participantId: undefined, ...picture });
    return true;
  }

  /** How its connections are; undefined when the session is not open, or ends first. */
  stats(): Promise<SessionStats | undefined> {
    return this.#state.name === 'open' ? this.#stats.ask() : Promise.resolve(undefined);
  }

  /** Ends the session and resolves when it is over; `error` is what those who wait are told. Idempotent. */
  close(reason: SessionCloseReason, error?: VoiceBridgeError): Promise<void> {
    this.#beginClose(reason, error);
    return this.closed;
  }

  #createToolRunner(): ToolRunner {
    const { tools, clock, limits, redact, observer } = this.#ports;
    return new ToolRunner({
      tools,
      conversationId: this.options.conversationId,
      participantId: () => this.#participants.only,
      clock,
      timeoutMs: limits.toolSeconds * 1_000,
      redact,
      onStart: (request) => observer.onToolStart(this.options, request),
      onOutcome: (outcome) => {
        const { callId, output, failed } = outcome;
        this.#send({ type: 'toolResult', callId, output, failed });
        observer.onToolOutcome(this.options, outcome);
      },
      onProgress: (callId, progress) => this.#send({ type: 'toolProgress', callId, progress }),
      onAnnounce: (text) => this.#send({ type: 'announce', text }),
    });
  }

  #take(event: SessionEvent): void {
    if (this.#state.name === 'closed') return;
    const { observer, redact } = this.#ports;
    observer.onEvent(this.options, event);
    switch (event.type) {
      case 'opened':
        this.#becomeOpen();
        return;
      case 'played':
        this.#recordings.played(event.playId);
        return;
      case 'assistantChanged':
        this.#assistant = event.state;
        return;
      case 'transcript':
        this.#keep({ entry: event.entry, after: event.after });
        return;
      case 'toolCall':
        if (this.#state.name !== 'open') return;
        this.#tools.start({ callId: event.callId, name: event.name, arguments: event.arguments });
        return;
      case 'stats':
        this.#stats.answer(event.stats);
        return;
      case 'activity':
        this.#timers.touch();
        return;
      case 'closing':
        this.#beginClose(event.reason, closedError(event.reason, event.code, event.message, redact));
        return;
      case 'closed':
        this.#finish(event.reason, closedError(event.reason, event.code, event.message, redact));
        return;
      default:
        this.#participants.take(event);
    }
  }

  #becomeOpen(): void {
    if (this.#state.name !== 'opening') return;
    const { opened } = this.#state;
    this.#state = { name: 'open' };
    this.#timers.start();
    this.#ports.observer.onOpened(this.options, this.subject);
    opened.resolve();
  }

  /** Somebody was answered and did not connect, and nobody else is there; who opened the session without joining it may still come. */
  #nobodyCame(): void {
    if (this.options.joinTimeoutMs !== undefined) return;
    const message = 'The browser did not connect in time';
    this.#beginClose('connection_lost', new VoiceBridgeError('connect_timeout', message));
  }

  #keep(placed: PlacedEntry): void {
    this.#transcript = newestEntries(placeEntry(this.#transcript, placed), ({ entry }) => entry.text.length);
  }

  #send(command: SessionCommand): void {
    if (this.#state.name === 'open') this.#handle?.send(command);
  }

  #closedError(reason: SessionCloseReason): VoiceBridgeError {
    return closedError(reason, undefined, undefined, this.#ports.redact);
  }

  #beginClose(reason: SessionCloseReason, error: VoiceBridgeError = this.#closedError(reason)): void {
    if (this.#state.name === 'closing' || this.#state.name === 'closed') return;
    const cancelGrace = this.#ports.clock.after(HOST_GRACE_MS, () => this.#finish(reason, error));
    const before = this.#state;
    this.#state = { name: 'closing', wasOpen: before.name === 'open', reason, error, cancelGrace };
    this.#release(before, error);
    if (this.#handle === undefined) this.#finish(reason, error);
    else this.#handle.send({ type: 'close', reason });
  }

  /** The session is over. What we closed it for ourselves goes before what the host says of it. */
  #finish(hostReason: SessionCloseReason, hostError: VoiceBridgeError): void {
    const before = this.#state;
    if (before.name === 'closed') return;
    const { reason, error } = before.name === 'closing' ? before : { reason: hostReason, error: hostError };
    const wasOpen = before.name === 'open' || (before.name === 'closing' && before.wasOpen);
    if (before.name === 'closing') before.cancelGrace();
    this.#state = { name: 'closed' };
    this.#release(before, error);
    this.#ports.observer.onClosed(this.options, { reason, code: error.code, message: error.message, wasOpen });
    this.#closed.resolve();
  }

  #release(before: State, error: VoiceBridgeError): void {
    this.#timers.stop();
    this.#tools.close();
    this.#stats.answer(undefined);
    this.#participants.stop(error);
    this.#recordings.stop(error);
    if (before.name === 'opening') before.opened.reject(error);
  }
}
