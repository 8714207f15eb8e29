import { FRAME_MS } from './frame.ts';

// Numbers, and nothing that is worked out: bundlers drop them where nobody mixes, as in pages. At 24 kHz:
const FRAME = 480;
const SAMPLES_PER_MS = 24;
/** How much more sound than time a source may send, in ms; the rest is dropped. */
const MAX_AHEAD_MS = 200;
/** Sound is held back this long before the first of it is played, in ms, so that the next may come late. */
const START_MS = 40;
/** The least that was held is looked for over this long before a frame too many is dropped, in ms. */
const WINDOW_MS = 2_000;
/** A buffer that never held less than this has more than it needs, in ms. */
const ENOUGH_MS = 60;

/** Counters since the start, in samples but for the depth. */
export interface PcmBufferStats {
  readonly received: number;
  readonly played: number;
  /** Came too far ahead, or was left out to shorten the delay. */
  readonly dropped: number;
  /** Sound held now. */
  readonly depthMs: number;
}

type Phase =
  | { readonly name: 'empty' }
  /** Played from `readyAt` on, or as soon as there is enough. */
  | { readonly name: 'filling'; readonly readyAt: number }
  | { readonly name: 'playing' };

/**
 * Makes steady frames of 20 ms out of PCM (24 kHz mono) that arrives in pieces of any length, early or late. Holds at
 * most 200 ms, and leaves a frame out when it has held more than it needs for two seconds.
 */
export class PcmBuffer {
  readonly #frame = new Int16Array(FRAME);
  readonly #ring = new Int16Array(MAX_AHEAD_MS * SAMPLES_PER_MS);
  #start = 0;
  #held = 0;
  #phase: Phase = { name: 'empty' };
  #window = { startedAt: 0, least: Number.POSITIVE_INFINITY };
  #counts = { received: 0, played: 0, dropped: 0 };

  /** Takes samples that arrived at `now` (ms). */
  push(samples: Int16Array, now: number): void {
    const taken = Math.min(samples.length, this.#ring.length - this.#held);
    let end = (this.#start + this.#held) % this.#ring.length;
    for (let index = 0; index < taken; index++) {
      this.#ring[end] = samples[index] ?? 0;
      end = end + 1 === this.#ring.length ? 0 : end + 1;
    }
    this.#held += taken;
    this.#counts.received += samples.length;
    this.#counts.dropped += samples.length - taken;
    if (this.#phase.name === 'empty' && taken > 0) this.#phase = { name: 'filling', readyAt: now + START_MS };
  }

  /** The frame to play at `now` (ms), 480 samples, valid until the next call; undefined in a pause. */
  pull(now: number): Int16Array | undefined {
    if (!this.#begin(now)) return undefined;
    if (this.#held === 0) {
      this.#phase = { name: 'empty' };
      return undefined;
    }
    const frame = this.#take();
    this.#watchDepth(now);
    return frame;
  }

  stats(): PcmBufferStats {
    return { ...this.#counts, depthMs: this.#held / SAMPLES_PER_MS };
  }

  #begin(now: number): boolean {
    if (this.#phase.name === 'empty') return false;
    if (this.#phase.name === 'playing') return true;
    if (now < this.#phase.readyAt && this.#held < START_MS * SAMPLES_PER_MS) return false;
    this.#phase = { name: 'playing' };
    this.#window = { startedAt: now, least: Number.POSITIVE_INFINITY };
    return true;
  }

  /** What there is of a frame. */
  #take(): Int16Array {
    const frame = this.#frame.fill(0);
    const taken = Math.min(FRAME, this.#held);
    for (let index = 0; index < taken; index++)
      frame[index] = this.#ring[(this.#start + index) % this.#ring.length] ?? 0;
    this.#skip(taken);
    this.#counts.played += taken;
    return frame;
  }

  #skip(samples: number): void {
    this.#start = (this.#start + samples) % this.#ring.length;
    this.#held -= samples;
  }

  #watchDepth(now: number): void {
    const least = Math.min(this.#window.least, this.#held);
    this.#window = { ...this.#window, least };
    if (now - this.#window.startedAt < WINDOW_MS) return;
    this.#window = { startedAt: now, least: Number.POSITIVE_INFINITY };
    if (least < ENOUGH_MS * SAMPLES_PER_MS) return;
    this.#skip(FRAME_MS * SAMPLES_PER_MS);
    this.#counts.dropped += FRAME_MS * SAMPLES_PER_MS;
  }
}
