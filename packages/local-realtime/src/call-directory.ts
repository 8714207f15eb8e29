import { getRandomValues, randomBytes } from 'node:crypto';
import { formatId, type Logger, silentLogger } from '@voice-bridge/core';
import type { SessionConfig } from '@voice-bridge/core/openai';
import { createMediaConnection, type OpusCodec, validateOffer } from '@voice-bridge/media-node';
import { Call } from './call/call.ts';
import type { CallEngines } from './call/call-engines.ts';
import type { EventsChannel } from './call/events-channel.ts';
import type { TrackOptions } from './call/track-leg.ts';
import type { AssistantTool } from './engines/assistant/assistant-engine.ts';
import { parsePhrase, phraseExample } from './engines/phrases.ts';
import { HttpProblem, httpProblem } from './http/http-problem.ts';
import { newSession, updateSession } from './openai/session.ts';
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
  readonly logger?: Logger;
}

/** Every call of one server, over WebRTC and WebSocket. */
export class CallDirectory {
  readonly logger: Logger;
  readonly #engines: CallEngines;
  readonly #codec: OpusCodec;
  readonly #settings: CallLimits;
  readonly #calls = new Map<string, Call>();
  #state: 'open' | 'closed' = 'open';

  constructor(engines: CallEngines, codec: OpusCodec, settings: CallLimits) {
    this.logger = settings.logger ?? silentLogger;
    this.#engines = engines;
    this.#codec = codec;
    this.#settings = settings;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Opens a WebRTC call. Rejects with `invalid_offer` or an `HttpProblem`. */
  async openCall(offer: string, sessions: readonly SessionConfig[], model: string | undefined) {
    this.#checkRoom();
    const validated = validateOffer(offer);
    if (!validated.ok) throw httpProblem(400, 'invalid_offer', `Invalid offer: ${validated.problem}`, 'sdp');
    const call = this.#open('rtc', this.#wanted(sessions, model), {
      codec: this.#codec,
      createConnection: createMediaConnection,
      additionalHostAddresses: LOOPBACK.has(this.#settings.host ?? '127.0.0.1') ? ['127.0.0.1'] : [],
      randomUint32: () => getRandomValues(new Uint32Array(1))[0] ?? 0,
    });
    return { id: call.id, answer: await call.answer(offer) };
  }

  /** Gives what opens a call whose audio travels in the events of a channel. Throws an `HttpProblem`. */
  prepareCall(sessions: readonly SessionConfig[], model: string): (channel: EventsChannel) => void {
    this.#checkRoom();
    const session = this.#wanted(sessions, model);
    return (channel) => this.#open('ws', session, undefined).attach(channel, 'own');
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
    return this.#session(session === undefined ? [] : [session]);
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
    return newId('ek');
  }

  wallNow(): number {
    return Date.now();
  }

  async closeAll(): Promise<void> {
    this.#state = 'closed';
    await Promise.all(Array.from(this.#calls.values(), (call) => call.close()));
  }

  #session(updates: readonly SessionConfig[]) {
    const { voice = DEFAULT_VOICE } = this.#settings;
    let session = newSession(newId('sess'), Math.floor((Date.now() + this.#maxDurationMs) / 1_000), voice);
    for (const update of updates) {
      const updated = updateSession(session, update, { voice: undefined, model: false });
      if (!updated.ok) throw new HttpProblem(400, updated.problem);
      session = updated.session;
    }
    return session;
  }

  get #maxDurationMs(): number {
    return (this.#settings.maxSessionMinutes ?? SESSION_MINUTES) * 60_000;
  }

  #openTools(): readonly AssistantTool[] {
    return [...this.#calls.values()].flatMap((call) => call.tools);
  }

  #checkRoom(): void {
    if (this.#state === 'closed') throw httpProblem(503, 'shutting_down', 'The server is shutting down.');
    if (this.#calls.size >= (this.#settings.maxCalls ?? DEFAULT_MAX_CALLS)) {
      throw httpProblem(429, 'rate_limit_exceeded', 'Too many calls are open.');
    }
  }

  #wanted(sessions: readonly SessionConfig[], model: string | undefined) {
    return this.#session(model === undefined ? sessions : [{ type: 'realtime', model }, ...sessions]);
  }

  #open(prefix: 'rtc' | 'ws', session: ReturnType<typeof newSession>, track: TrackOptions | undefined): Call {
    const call = new Call({
      id: newId(prefix),
      seed: newId('').slice(1, 19),
      session,
      engines: this.#engines,
      track,
      maxDurationMs: this.#maxDurationMs,
      clock: systemClock,
      logger: this.logger,
    });
    this.#calls.set(call.id, call);
    call.on('closed', () => {
      this.#calls.delete(call.id);
      this.logger.info({ callId: call.id }, 'call ended');
    });
    this.logger.info({ callId: call.id }, 'call opened');
    return call;
  }
}

function newId(prefix: string): string {
  return formatId(prefix, randomBytes(16));
}
