import { silentLogger } from '@voice-bridge/core';
import {
  EVENTS_CHANNEL_LABEL,
  parseServerEvent,
  type ServerEvent,
  type ServerEventOf,
  type ServerEventType,
  type SessionConfig,
} from '@voice-bridge/core/openai';
import { ManualClock } from '@voice-bridge/core/testing';
import { type InboundAudio, loadOpusCodec, type MediaChannel, type MediaConnection } from '@voice-bridge/media-node';
import { FakeMediaNetwork } from '@voice-bridge/media-node/testing';
import { Call } from '../call/call.ts';
import type { CallEngines } from '../call/call-engines.ts';
import { SpareTime } from '../call/output/spare-time.ts';
import { NO_LOCKS, newSession, updateSession } from '../openai/session.ts';

const TONE_HZ = 400;
const FRAME_SAMPLES = 320;
const FRAME_MS = 20;
const SESSION_MS = 5 * 60_000;

/** A caller and a whole {@link Call} in memory and in virtual time: real codec, real turn loop, no network, no waiting. */
export class VirtualCall {
  readonly clock = new ManualClock(5_000);
  readonly network = new FakeMediaNetwork();
  readonly events: ServerEvent[] = [];
  /** When each of `events` came. */
  readonly times: number[] = [];
  readonly packets: (InboundAudio & { readonly at: number })[] = [];
  readonly call: Call;
  readonly caller: MediaConnection;
  ended = 0;
  readonly #encode: (pcm: Int16Array) => Uint8Array;
  #channel: MediaChannel | undefined;
  #sent = 0;
  #taken = 0;

  private constructor(engines: CallEngines, session: SessionConfig, codec: Awaited<ReturnType<typeof loadOpusCodec>>) {
    const updated = updateSession(newSession('sess_test', 0, 'marin'), session, NO_LOCKS);
    if (!updated.ok) throw new TypeError(updated.problem.message);
    const encoder = codec.createEncoder({ sampleRateHz: 16_000 });
    this.#encode = (pcm) => encoder.encode(pcm);
    this.call = new Call({
      id: 'rtc_test',
      seed: 'Test',
      session: updated.session,
      engines,
      track: {
        codec,
        spareTime: new SpareTime((task) => this.clock.after(0, task)),
        createConnection: this.network.createMediaConnection,
        additionalHostAddresses: [],
        randomUint32: () => 0xffff_ff00,
      },
      maxDurationMs: SESSION_MS,
      clock: this.clock,
      later: (task) => this.clock.after(0, task),
      logger: silentLogger,
    });
    this.call.on('closed', () => {
      this.ended++;
    });
    this.caller = this.network.create({
      clock: this.clock,
      channels: [EVENTS_CHANNEL_LABEL],
      onAudio: (packet) => this.packets.push({ ...packet, payload: packet.payload.slice(), at: this.clock.now() }),
    });
    this.caller.on('channel', (channel) => this.#adopt(channel));
  }

  /** Calls and waits for `session.created`. */
  static async open(engines: CallEngines, session: Omit<SessionConfig & { type: 'realtime' }, 'type'> = {}) {
    const made = new VirtualCall(engines, { type: 'realtime', ...session }, await loadOpusCodec());
    await made.caller.acceptAnswer(await made.call.answer(await made.caller.createOffer()));
    await made.clock.advanceAsync(0);
    return made;
  }

  /** Sends an event, right or wrong. */
  async send(event: Readonly<Record<string, unknown>> | string): Promise<void> {
    this.#channel?.send(typeof event === 'string' ? event : JSON.stringify(event));
    await this.clock.advanceAsync(0);
  }

  /** Speaks (a tone, which the loudness detector takes for speech) for so long. */
  speak(ms: number): Promise<void> {
    return this.#microphone(ms, 8_000);
  }

  /** Keeps silent with the microphone open. */
  silence(ms: number): Promise<void> {
    return this.#microphone(ms, 0);
  }

  /** Lets time pass without a single packet from the microphone. */
  async wait(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  /** Types of the events since the last call, in order. */
  take(): ServerEventType[] {
    const types = this.events.slice(this.#taken).map(({ type }) => type);
    this.#taken = this.events.length;
    return types;
  }

  /** The events of one type. */
  all<Type extends ServerEventType>(type: Type): ServerEventOf<Type>[] {
    return this.events.flatMap((event) => (isOfType(event, type) ? [event] : []));
  }

  /** The last event of one type; throws when there is none. */
  last<Type extends ServerEventType>(type: Type): ServerEventOf<Type> {
    const event = this.all(type).at(-1);
    if (event === undefined) throw new Error(`No ${type}; came: ${this.events.map((each) => each.type).join(', ')}`);
    return event;
  }

  #adopt(channel: MediaChannel): void {
    this.#channel = channel;
    channel.receive((message) => {
      const parsed = parseServerEvent(String(message));
      if (!parsed.ok || parsed.value.type === 'other') throw new Error(`No event of the GA union: ${message}`);
      this.events.push(parsed.value);
      this.times.push(this.clock.now());
    });
  }

  async #microphone(ms: number, loudness: number): Promise<void> {
    for (let end = this.clock.now() + ms; this.clock.now() < end; ) {
      await this.clock.advanceAsync(FRAME_MS);
      const at = this.#sent++ * FRAME_SAMPLES;
      const sample = (n: number) => loudness * Math.sin((2 * Math.PI * TONE_HZ * (at + n)) / 16_000);
      const payload = this.#encode(Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => sample(n)));
      // A sender's timestamps follow the wall clock, also over pauses.
      const timestamp = Math.round(this.clock.now() * 48) % 2 ** 32;
      this.caller.sendAudio({ sequenceNumber: this.#sent & 0xffff, timestamp, marker: false, payload });
      await this.clock.advanceAsync(0);
    }
  }
}

function isOfType<Type extends ServerEventType>(
  event: ServerEvent,
  type: Type,
): event is ServerEventOf<Type> & ServerEvent {
  return event.type === type;
}
