const MAX = 32_767;
/** From here on, 2 dB below full scale, sound is bent and not cut off. */
const KNEE = 26_000;
const ABOVE_KNEE = MAX - KNEE;

/**
 * Mixes one frame of several sources. Sums whole numbers, so that taking a source out again (mix-minus, RFC 3550
 * section 7) leaves nothing of it behind. What is louder than PCM16 can be is softly limited. Takes no memory per frame.
 */
export class Mixer {
  readonly #samples: number;
  readonly #total: Int32Array;
  readonly #parts: Int32Array[] = [];
  #sources = 0;

  /** For frames of this many samples. */
  constructor(samples: number) {
    this.#samples = samples;
    this.#total = new Int32Array(samples);
  }

  /** How many sources were added since `clear()`. */
  get sources(): number {
    return this.#sources;
  }

  /** Begins the next frame. */
  clear(): void {
    this.#sources = 0;
    this.#total.fill(0);
  }

  /** Adds a source, its gain going from one value to the other over the frame; says by which number it can be left out. Throws `TypeError` for a frame of another length. */
  add(frame: Int16Array, fromGain: number, toGain: number): number {
    if (frame.length !== this.#samples) {
      throw new TypeError(`A frame has ${this.#samples} samples, got ${frame.length}`);
    }
    const part = this.#part(this.#sources);
    if (fromGain === 1 && toGain === 1) part.set(frame);
    else amplify(frame, part, fromGain, toGain);
    const total = this.#total;
    for (let index = 0; index < total.length; index++) total[index] = (total[index] ?? 0) + (part[index] ?? 0);
    return this.#sources++;
  }

  /** All sources together, written into `mixed` and given back. */
  mix(mixed: Int16Array): Int16Array {
    const total = this.#total;
    for (let index = 0; index < total.length; index++) {
      const sample = total[index] ?? 0;
      mixed[index] = sample <= KNEE && sample >= -KNEE ? sample : limit(sample);
    }
    return mixed;
  }

  /** All sources but the one that `add` gave this number, which is what its speaker hears. Throws `TypeError` when there is none. */
  mixWithout(source: number, mixed: Int16Array): Int16Array {
    const total = this.#total;
    const own = source < this.#sources ? this.#parts[source] : undefined;
    if (own === undefined) throw new TypeError(`There is no source ${source}`);
    for (let index = 0; index < total.length; index++) {
      const sample = (total[index] ?? 0) - (own[index] ?? 0);
      mixed[index] = sample <= KNEE && sample >= -KNEE ? sample : limit(sample);
    }
    return mixed;
  }

  #part(source: number): Int32Array {
    const part = this.#parts[source] ?? new Int32Array(this.#samples);
    this.#parts[source] = part;
    return part;
  }
}

function amplify(frame: Int16Array, into: Int32Array, fromGain: number, toGain: number): void {
  const step = (toGain - fromGain) / frame.length;
  for (let index = 0; index < frame.length; index++) {
    into[index] = Math.round((frame[index] ?? 0) * (fromGain + step * (index + 1)));
  }
}

/** Bends what is above the knee, without an edge, towards full scale. */
function limit(sample: number): number {
  const above = Math.abs(sample) - KNEE;
  const limited = KNEE + (ABOVE_KNEE * above) / (ABOVE_KNEE + above);
  return sample > 0 ? limited : -limited;
}
