import { Emitter, silentLogger } from '@voice-bridge/core';
import {
  type ClientEvent,
  parseServerEvent,
  type ServerEvent,
  type ServerEventOf,
  type ServerEventType,
  type SessionConfig,
} from '@voice-bridge/core/openai';
import { ManualClock } from '@voice-bridge/core/testing';
import { Call } from '../call/call.ts';
import type { CallEngines } from '../call/call-engines.ts';
import type { ChannelEnd, EventsChannel } from '../call/events-channel.ts';
import { type AudioFormat, encodeAudio, toBase64 } from '../call/sound/audio-format.ts';
import { NO_LOCKS, newSession, newTranscriptionSession, updateSession } from '../openai/session.ts';
import type { AnySession } from '../openai/session-settings.ts';

const TONE_HZ = 400;
const SESSION_MS = 5 * 60_000;

/** A whole {@link Call} whose audio travels in events, in memory and in virtual time, with any number of clients. */
export class VirtualSession {
  readonly clock = new ManualClock(5_000);
  readonly call: Call;
  readonly client: VirtualClient;

  private constructor(engines: CallEngines, session: AnySession) {
    this.call = new Call({
      id: 'ws_test',
      seed: 'Test',
      session,
      engines,
      track: undefined,
      maxDurationMs: SESSION_MS,
      clock: this.clock,
      later: (task) => this.clock.after(0, task),
      logger: silentLogger,
    });
    this.client = this.join('own');
  }

  /** Opens a session and waits for `session.created`. */
  static open(engines: CallEngines, session: Omit<SessionConfig & { type: 'realtime' }, 'type'> = {}) {
    return VirtualSession.begin(engines, newSession('sess_test', 0, 'marin'), { type: 'realtime', ...session });
  }

  /** Opens one that only transcribes. */
  static openTranscription(
    engines: CallEngines,
    session: Omit<SessionConfig & { type: 'transcription' }, 'type'> = {},
  ) {
    return VirtualSession.begin(engines, newTranscriptionSession('sess_test', 0), {
      type: 'transcription',
      ...session,
    });
  }

  private static async begin(
    engines: CallEngines,
    session: AnySession,
    update: SessionConfig,
  ): Promise<VirtualSession> {
    const updated = updateSession(session, update, NO_LOCKS);
    if (!updated.ok) throw new TypeError(updated.problem.message);
    const made = new VirtualSession(engines, updated.session);
    await made.clock.advanceAsync(0);
    return made;
  }

  /** Lets one more client follow. */
  join(role: 'own' | 'sideband'): VirtualClient {
    const client = new VirtualClient();
    this.call.attach(client.channel, role);
    return client;
  }

  /** Sends an event, right or wrong, and lets everything that follows at once happen. */
  async send(event: ClientEvent | Readonly<Record<string, unknown>>): Promise<void> {
    this.client.say(JSON.stringify(event));
    await this.clock.advanceAsync(0);
  }

  /** Appends sounds, the loud ones a tone that the loudness detector takes for speech; no time passes. */
  async append(sounds: readonly { readonly ms: number; readonly loud: boolean }[], format: AudioFormat = 'pcm') {
    for (const { ms, loud } of sounds) {
      const sample = (n: number) => (loud ? 8_000 * Math.sin((2 * Math.PI * TONE_HZ * n) / 24_000) : 0);
      const pcm = Int16Array.from({ length: ms * 24 }, (_, n) => sample(n));
      await this.send({ type: 'input_audio_buffer.append', audio: toBase64(encodeAudio(pcm, format)) });
    }
  }

  take(): ServerEventType[] {
    return this.client.take();
  }

  all<Type extends ServerEventType>(type: Type): ServerEventOf<Type>[] {
    return this.client.events.flatMap((event) => (isOfType(event, type) ? [event] : []));
  }

  /** The last event of one type; throws when there is none. */
  last<Type extends ServerEventType>(type: Type): ServerEventOf<Type> {
    const event = this.all(type).at(-1);
    if (event === undefined) throw new Error(`No ${type}; came: ${this.client.events.map((each) => each.type).join()}`);
    return event;
  }

  /** The speech of one response so far, in the bytes it came in. */
  speech(responseId: string): Uint8Array {
    const deltas = this.all('response.output_audio.delta').filter((event) => event.response_id === responseId);
    return Buffer.concat(deltas.map(({ delta }) => Buffer.from(delta, 'base64')));
  }
}

/** One who follows a {@link VirtualSession}. */
class VirtualClient {
  readonly events: ServerEvent[] = [];
  /** How its channel was closed. */
  closed: 'open' | 'normally' | ChannelEnd = 'open';
  readonly channel: EventsChannel;
  readonly #ends = new Emitter<{ close: [] }>();
  #taken = 0;
  #take: (message: string) => void = () => {};

  constructor() {
    this.channel = {
      bufferedAmount: 0,
      on: (event, listener) => this.#ends.on(event, listener),
      send: (text) => {
        const parsed = parseServerEvent(text);
        if (!parsed.ok || parsed.value.type === 'other') throw new Error(`No event of the GA union: ${text}`);
        this.events.push(parsed.value);
        return true;
      },
      receive: (taker) => {
        this.#take = taker;
      },
      close: (reason) => this.end(reason ?? 'normally'),
    };
  }

  /** Sends a text. */
  say(text: string): void {
    this.#take(text);
  }

  /** Types of the events since the last time, in order; deltas in a row once. */
  take(): ServerEventType[] {
    const types = this.events.slice(this.#taken).map(({ type }) => type);
    this.#taken = this.events.length;
    return types.filter((type, index) => !type.endsWith('.delta') || type !== types[index - 1]);
  }

  /** Goes away. */
  end(how: 'normally' | ChannelEnd = 'normally'): void {
    if (this.closed !== 'open') return;
    this.closed = how;
    this.#ends.emit('close');
  }
}

function isOfType<Type extends ServerEventType>(
  event: ServerEvent,
  type: Type,
): event is ServerEventOf<Type> & ServerEvent {
  return event.type === type;
}
