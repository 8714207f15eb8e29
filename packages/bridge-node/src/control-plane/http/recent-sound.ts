import { PCM_RATE_HZ } from '@voice-bridge/core';

/** How much sound is kept, in ms. */
const KEPT_MS = 200;
const KEPT = (KEPT_MS * PCM_RATE_HZ) / 1_000;

/** The newest 200 ms of a sound that nobody takes yet. */
export class RecentSound {
  #samples = new Int16Array(0);

  push(samples: Int16Array): void {
    const joined = new Int16Array(this.#samples.length + samples.length);
    joined.set(this.#samples);
    joined.set(samples, this.#samples.length);
    this.#samples = joined.slice(-KEPT);
  }

  /** What there is; nothing is kept after. */
  take(): Int16Array {
    const samples = this.#samples;
    this.#samples = new Int16Array(0);
    return samples;
  }
}
