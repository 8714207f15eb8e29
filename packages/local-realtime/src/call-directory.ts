import { getRandomValues } from 'node:crypto';
import { type Clock, type Logger, silentLogger } from '@voice-bridge/core';
import type { SessionConfig } from '@voice-bridge/core/openai';
import {
  createMediaConnection,
  type MediaConnection,
  type MediaConnectionOptions,
  type OpusCodec,
  validateOffer,
} from '@voice-bridge/media-node';
import { calendar } from './calendar.ts';
import { Call } from './call/call.ts';
import type { CallEngines } from './call/call-engines.ts';
import type { EventsChannel } from './call/events-channel.ts';
import { SpareTime } from './call/output/spare-time.ts';
import type { TrackOptions } from './call/track-leg.ts';
import type { AssistantTool } from './engines/assistant/assistant-engine.ts';
import { parsePhrase, phraseExample } from './engines/phrases.ts';
import { cutAnswers } from './faults/cut-answers.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import { Faults } from './faults/faults.ts';
import { faultyConnections } from './faults/faulty-connections.ts';
import { FaultyLine } from './faults/faulty-line.ts';
import { slowToolTurns } from './faults/slow-tool-turns.ts';
import { HttpProblem, httpProblem } from './http/http-problem.ts';
import { newIds } from './new-ids.ts';
import { NO_LOCKS, newSession, newTranscriptionSession, updateSession } from './openai/session.ts';
import { toldSession } from './openai/session-events.ts';
import type { AnySession } from './openai/session-settings.ts';
import { systemClock } from './system-clock.ts';

const DEFAULT_VOICE = 'marin';
const DEFAULT_MAX_CALLS = 32;
const SESSION_MINUTES = 60;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** What holds for every call of a server. */
export interface CallLimits {
  /** Where the server listens. Default 127.0.0.1. */
  readonly host?: string;
  /** Voice of sessions that ask for none; default `marin`. */
  readonly voice?: string;
  /** Calls at a time; default 32, more get 429. */
  readonly maxCalls?: number;
  /** Length of a session, in minutes; default 60, as at OpenAI. */
  readonly maxSessionMinutes?: number;
  /** What goes wrong from the start; default nothing. Also lets `/__faults` be served where other machines can reach it. */
  readonly faults?: FaultPlan;
  /** What the time in calls is measured by, and the age of keys; default the machine's. A test may give one that it moves itself. */
  readonly clock?: Clock;
  /** What the calendar says when the server starts, in ms since 1970; default the machine's time. With a `clock`, that moves it on. */
  readonly startsAt?: number;
  /** Ids and keys are made from it: the same ones, in the same order, whenever a server has this seed; default random. */
  readonly seed?: string;
  readonly logger?: Logger;
}

/** Every call of one server, over WebRTC and WebSocket. */
export class CallDirectory {
  readonly logger: Logger;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly faultsByHttp: boolean;
  /** A new id or key, behind its prefix. */
  readonly #newId: (prefix: string) => string;
  readonly #today: () => number;
  readonly #engines: CallEngines;
  readonly #codec: OpusCodec;
  readonly #settings: CallLimits;
  readonly #spareTime = new SpareTime(setImmediate);
  readonly #calls = new Map<string, Call>();
  readonly #closing = new AbortController();

  constructor(engines: CallEngines, codec: OpusCodec, settings: CallLimits) {
    this.logger = settings.logger ?? silentLogger;
    this.faults = new Faults(settings.faults);
    this.clock = settings.clock ?? systemClock;
    this.#newId = newIds(settings.seed);
    this.#today = calendar({ clock: settings.clock, startsAt: settings.startsAt }, systemClock);
    this.faultsByHttp = settings.faults !== undefined || isLoopback(settings.host);
    this.#engines = {
      createVad: () => engines.createVad(),
      stt: engines.stt,
      tts: engines.tts,
      assistant: cutAnswers(slowToolTurns(engines.assistant, this.faults, this.clock), this.faults),
      prepare: (phrases) => engines.prepare?.(phrases),
    };
    this.#codec = codec;
    this.#settings = settings;
  }

  /** Fires when the directory closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Opens a WebRTC call. Rejects with `invalid_offer` or an `HttpProblem`. */
  async openCall(offer: string, sessions: readonly SessionConfig[], model: string | undefined) {
    this.#checkRoom();
    const validated = validateOffer(offer);
    if (!validated.ok) throw httpProblem(400, 'invalid_offer', `Invalid offer: ${validated.problem}`, 'sdp');
    const line = new FaultyLine(this.faults);
    const wanted = model === undefined ? sessions : [{ type: 'realtime' as const, model }, ...sessions];
    const call = this.#open('rtc', this.#session(wanted), line, {
      codec: this.#codec,
      spareTime: this.#spareTime,
      createConnection: faultyConnections(connectByMachineClock, line),
      additionalHostAddresses: isLoopback(this.#settings.host) ? ['127.0.0.1'] : [],
      randomUint32: () => getRandomValues(new Uint32Array(1))[0] ?? 0,
    });
    return { id: call.id, answer: await call.answer(offer) };
  }

  /** Gives what opens a call whose audio travels in the events of a channel. Throws an `HttpProblem`. */
  prepareCall(sessions: readonly SessionConfig[]): (channel: EventsChannel) => void {
    this.#checkRoom();
    const session = this.#session(sessions);
    return (channel) => this.#open('ws', session, new FaultyLine(this.faults), undefined).attach(channel, 'own');
  }

  /** The call of an id, while it is open. */
  find(callId: string): Call | undefined {
    return this.#calls.get(callId);
  }

  async hangUp(callId: string): Promise<boolean> {
    const call = this.#calls.get(callId);
    await call?.close();
    return call !== undefined;
  }

  describeSession(session: SessionConfig | undefined) {
    return toldSession(this.#session(session === undefined ? [] : [session]));
  }

  hints(tools = this.#openTools()): readonly string[] {
    const said = this.#engines.assistant.phrases(tools).map((notation) => phraseExample(parsePhrase(notation)));
    return [...new Set(said)].filter((example) => example !== '' && !example.includes('...'));
  }

  health() {
    const { stt, tts, assistant } = this.#engines;
    return { calls: this.size, stt: stt.name, tts: tts.name, assistant: assistant.name };
  }

  newSecret(): string {
    return this.#newId('ek');
  }

  wallNow(): number {
    return this.#today() + (this.faults.plan.clockOffsetMs ?? 0);
  }

  async closeAll(): Promise<void> {
    this.#closing.abort();
    await Promise.all(Array.from(this.#calls.values(), (call) => call.close()));
  }

  #session(updates: readonly SessionConfig[]): AnySession {
    const { voice = DEFAULT_VOICE } = this.#settings;
    const [id, expiresAt] = [this.#newId('sess'), Math.floor((this.wallNow() + this.#maxDurationMs) / 1_000)];
    let session: AnySession =
      updates[0]?.type === 'transcription' ? newTranscriptionSession(id, expiresAt) : newSession(id, expiresAt, voice);
    for (const update of updates) {
      const updated = updateSession(session, update, NO_LOCKS);
      if (!updated.ok) throw new HttpProblem(400, updated.problem);
      session = updated.session;
    }
    return session;
  }

  get #maxDurationMs(): number {
    return this.faults.plan.expireAfterMs ?? (this.#settings.maxSessionMinutes ?? SESSION_MINUTES) * 60_000;
  }

  #openTools(): readonly AssistantTool[] {
    return [...this.#calls.values()].flatMap((call) => call.tools);
  }

  #checkRoom(): void {
    if (this.closing.aborted) throw httpProblem(503, 'shutting_down', 'The server is shutting down.');
    if (this.#calls.size >= (this.#settings.maxCalls ?? DEFAULT_MAX_CALLS)) {
      throw httpProblem(429, 'rate_limit_exceeded', 'Too many calls are open.');
    }
  }

  #open(prefix: 'rtc' | 'ws', session: AnySession, line: FaultyLine, track: TrackOptions | undefined): Call {
    const call = new Call({
      id: this.#newId(prefix),
      seed: this.#newId('').slice(1, 19),
      session,
      engines: this.#engines,
      track,
      line,
      maxDurationMs: this.#maxDurationMs,
      clock: this.clock,
      later: setImmediate,
      logger: this.logger,
    });
    line.whenDropped.then(() => call.close('broken'));
    this.#calls.set(call.id, call);
    call.on('closed', () => {
      this.#calls.delete(call.id);
      this.logger.info({ callId: call.id }, 'call ended');
    });
    this.logger.info({ callId: call.id }, 'call opened');
    return call;
  }
}

/** The network does not wait for a test's clock. */
function connectByMachineClock(options: MediaConnectionOptions): MediaConnection {
  return createMediaConnection({ ...options, clock: systemClock });
}

function isLoopback(host = '127.0.0.1'): boolean {
  return LOOPBACK.has(host);
}
