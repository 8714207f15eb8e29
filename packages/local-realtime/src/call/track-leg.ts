import type { CancelTimer, Clock, Logger } from '@voice-bridge/core';
import type { MediaChannel, MediaConnection, MediaConnectionFactory, OpusCodec } from '@voice-bridge/media-node';
import { PacketInput } from './input/packet-input.ts';
import { warmUp } from './output/codec-warm-up.ts';
import type { HeardItem, PlayoutSegment } from './output/playout.ts';
import type { SpareTime } from './output/spare-time.ts';
import { SpeechOutput } from './output/speech-output.ts';

/** How a WebRTC call's connection is made. */
export interface TrackOptions {
  readonly codec: OpusCodec;
  /** All the calls'. */
  readonly spareTime: SpareTime;
  readonly createConnection: MediaConnectionFactory;
  readonly additionalHostAddresses: readonly string[];
  /** Random 32-bit numbers, for RTP. */
  readonly randomUint32: () => number;
}

/** What a {@link TrackLeg} tells. */
export interface TrackSinks {
  /** What the caller says: mono PCM16 at 16 kHz. */
  readonly onSound: (pcm: Int16Array) => unknown;
  readonly onChannel: (channel: MediaChannel) => void;
  /** The first frame of a response left. */
  readonly onTurned: (responseId: string) => void;
  /** Everything queued was heard. */
  readonly onDrained: () => void;
  /** The connection is gone. */
  readonly onClosed: () => void;
}

/** The WebRTC side of a call: its connection, the caller's track and the assistant's. */
export class TrackLeg {
  readonly #connection: MediaConnection;
  readonly #clock: Clock;
  readonly #input: PacketInput;
  readonly #output: SpeechOutput;
  /** One for all ticks: what a tick leaves to the collector, it leaves fifty times a second for each call. */
  readonly #onTick = () => this.#tick();
  #cancelTick: CancelTimer = () => {};
  #state: 'open' | 'closed' = 'open';

  constructor(options: TrackOptions, sinks: TrackSinks, clock: Clock, logger: Logger) {
    const { codec, spareTime, createConnection, additionalHostAddresses, randomUint32 } = options;
    warmUp(codec, spareTime);
    this.#clock = clock;
    this.#input = new PacketInput({ decoder: codec.createDecoder(16_000), hear: sinks.onSound });
    const output = {
      createEncoder: () => codec.createEncoder({ sampleRateHz: 24_000 }),
      spareTime,
      send: (packet: Parameters<MediaConnection['sendAudio']>[0]) => this.#connection.sendAudio(packet),
      onTurned: sinks.onTurned,
      onDrained: sinks.onDrained,
      firstSequenceNumber: randomUint32() & 0x7fff,
      firstTimestamp: randomUint32(),
    };
    this.#output = new SpeechOutput(output, clock.now());
    this.#connection = createConnection({
      clock,
      logger,
      additionalHostAddresses,
      onAudio: (packet) => this.#isOver || this.#input.push(packet, clock.now()),
    });
    this.#connection.on('channel', sinks.onChannel);
    this.#connection.on('stateChanged', (state) => {
      if (state.name === 'connected') this.#tick();
      if (state.name === 'closed') sinks.onClosed();
    });
  }

  /** Answers the caller's offer. Rejects with `invalid_offer`. */
  answer(offer: string): Promise<string> {
    return this.#connection.answerOffer(offer);
  }

  /** Queues speech for the caller. */
  play(segment: PlayoutSegment): void {
    this.#output.play(segment, this.#clock.now());
  }

  /** Drops what is queued; tells what had been heard. */
  clear(): readonly HeardItem[] {
    return this.#output.clear();
  }

  /** Ends the connection and frees everything. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#state = 'closed';
      this.#cancelTick();
      this.#input.close();
      this.#output.close();
    }
    await this.#connection.close();
  }

  get #isOver(): boolean {
    return this.#state === 'closed';
  }

  #tick(): void {
    const now = this.#clock.now();
    if (!this.#isOver) this.#output.tick(now);
    if (!this.#isOver) this.#input.tick(now);
    if (!this.#isOver) this.#cancelTick = this.#clock.after(this.#output.nextDueAt(now) - now, this.#onTick);
  }
}
