/** Samples in one ms of what the call listens to: 16 kHz. */
export const HEARD_SAMPLES_PER_MS = 16;

/** Remembers the last `seconds` of mono PCM16 at 16 kHz; positions are ms since the beginning of the call. */
export class SoundMemory {
  readonly #ring: Int16Array;
  #written = 0;

  constructor(seconds: number) {
    this.#ring = new Int16Array(seconds * 1_000 * HEARD_SAMPLES_PER_MS);
  }

  /** How much was ever appended, in ms. */
  get lengthMs(): number {
    return this.#written / HEARD_SAMPLES_PER_MS;
  }

  append(pcm: Int16Array): void {
    const size = this.#ring.length;
    const kept = pcm.length > size ? pcm.subarray(pcm.length - size) : pcm;
    const at = (this.#written + pcm.length - kept.length) % size;
    const head = Math.min(kept.length, size - at);
    this.#ring.set(kept.subarray(0, head), at);
    this.#ring.set(kept.subarray(head), 0);
    this.#written += pcm.length;
  }

  /** A copy of what was heard between two positions; shorter when the beginning is already forgotten or the end not yet heard. */
  read(startMs: number, endMs: number): Int16Array {
    const size = this.#ring.length;
    const end = Math.min(Math.round(endMs * HEARD_SAMPLES_PER_MS), this.#written);
    const start = Math.max(Math.round(startMs * HEARD_SAMPLES_PER_MS), this.#written - size, 0);
    const result = new Int16Array(Math.max(end - start, 0));
    if (result.length === 0) return result;
    const at = start % size;
    const head = Math.min(result.length, size - at);
    result.set(this.#ring.subarray(at, at + head));
    result.set(this.#ring.subarray(0, result.length - head), head);
    return result;
  }
}
