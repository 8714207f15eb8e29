import {
  type CancelTimer,
  type Clock,
  FRAME_MS,
  frameSamples,
  JitterBuffer,
  PCM_RATE_HZ,
  type Playout,
} from '@voice-bridge/core';
import { type OpusDecoder, type OutboundAudio, opusPacketDuration } from '@voice-bridge/media-node';

/** What a {@link ModelInput} works with. */
export interface ModelInputOptions {
  readonly clock: Clock;
  /** At 24 kHz; closed with the input. */
  readonly decoder: OpusDecoder;
  /** Takes 20 ms of mono PCM16 at 24 kHz, in wall-clock time. */
  readonly take: (frame: Int16Array) => void;
}

const UNITS_PER_MS = 48;
const SAMPLES_PER_MS = PCM_RATE_HZ / 1_000;
const FRAME_SAMPLES = frameSamples(PCM_RATE_HZ);
/** Enough to put packets in order that overtook each other; the buffer deepens by itself when there is jitter. */
const MIN_DEPTH_MS = FRAME_MS;
/** Sound that came at once after a stall, in ms; only what is beyond is dropped. */
const MAX_DEPTH_MS = 2_000;
/** What is deeper than jitter explains is handed on at once: the model need not hear in real time. */
const DRAIN_ABOVE_MS = 200;
/** A process that wakes this late, in ms, finds packets late, too: silence in their stead would tear words apart. */
const LATE_MS = 2 * FRAME_MS;

/** The users' packets as one unbroken line of PCM: put in order, what is lost rebuilt from FEC or concealed, silence where there is none. */
export class ModelInput {
  readonly #options: ModelInputOptions;
  readonly #buffer = new JitterBuffer<Uint8Array>({ minDepthMs: MIN_DEPTH_MS, maxDepthMs: MAX_DEPTH_MS });
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #playedUntil: number;
  #cancelTimer: CancelTimer = () => {};

  /** Begins at once: with silence, until the first packet. */
  constructor(options: ModelInputOptions) {
    this.#options = options;
    this.#playedUntil = Math.floor(options.clock.now() / FRAME_MS) * FRAME_MS;
    this.#arm();
  }

  /** Takes one packet; what is no Opus packet is left out. */
  push({ sequenceNumber, timestamp, payload }: OutboundAudio): void {
    const duration = opusPacketDuration(payload);
    if (duration === undefined) return;
    this.#buffer.push({ sequenceNumber, timestamp, duration, payload: payload.slice() }, this.#options.clock.now());
  }

  close(): void {
    this.#cancelTimer();
    this.#options.decoder.close();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(this.#playedUntil + FRAME_MS - clock.now(), () => {
      this.#play(clock.now());
      this.#arm();
    });
  }

  #play(now: number): void {
    const wokeLate = now - this.#playedUntil > LATE_MS;
    while (this.#playedUntil + FRAME_MS <= now) {
      if (wokeLate && this.#buffer.stats().depthMs === 0)
        this.#playedUntil = Math.floor(now / FRAME_MS) * FRAME_MS - FRAME_MS;
      const playout = this.#buffer.pull(this.#playedUntil + FRAME_MS);
      this.#playedUntil += playout.duration / UNITS_PER_MS;
      this.#add(this.#decode(playout));
    }
    while (this.#buffer.stats().depthMs > DRAIN_ABOVE_MS) this.#add(this.#decode(this.#buffer.pull(now)));
  }

  #decode(playout: Playout<Uint8Array>): Int16Array {
    const { decoder } = this.#options;
    const durationMs = playout.duration / UNITS_PER_MS;
    try {
      if (playout.type === 'packet') return decoder.decode(playout.payload);
      if (playout.type === 'silence') return new Int16Array(durationMs * SAMPLES_PER_MS);
      const wholeMs = Math.max(2.5, durationMs - (durationMs % 2.5));
      const next = playout.type === 'lost' ? playout.next : undefined;
      return next === undefined ? decoder.conceal(wholeMs) : decoder.decodeLost(next, wholeMs);
    } catch (error) {
      // A packet whose first byte promises more than it holds.
      if (error instanceof TypeError) return new Int16Array(durationMs * SAMPLES_PER_MS);
      throw error;
    }
  }

  #add(pcm: Int16Array): void {
    for (let offset = 0; offset < pcm.length; ) {
      const part = pcm.subarray(offset, offset + FRAME_SAMPLES - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled < FRAME_SAMPLES) return;
      this.#filled = 0;
      this.#options.take(this.#frame.slice());
    }
  }
}
