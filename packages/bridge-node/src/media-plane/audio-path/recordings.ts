import { frameSamples, PCM_RATE_HZ } from '@voice-bridge/core';

const FRAME = frameSamples(PCM_RATE_HZ);

interface Recording {
  readonly samples: Int16Array;
  readonly onDone: () => void;
}

/** Recordings that are spoken one after the other, frame by frame. */
export class Recordings {
  #queue: readonly Recording[] = [];
  #position = 0;

  /** Whether there is anything to speak. */
  get isPlaying(): boolean {
    return this.#queue.length > 0;
  }

  /** Adds a recording, 24 kHz mono; `onDone` is told when the first frame after it is asked for. Returns how to take it out again. */
  add(samples: Int16Array, onDone: () => void): () => void {
    const recording = { samples, onDone };
    this.#queue = [...this.#queue, recording];
    return () => {
      if (this.#queue[0] === recording) this.#position = 0;
      this.#queue = this.#queue.filter((one) => one !== recording);
    };
  }

  /** The next frame; undefined when there is none, or none that `mayBegin` yet. */
  pull(mayBegin: boolean): Int16Array | undefined {
    for (let [first] = this.#queue; first !== undefined; [first] = this.#queue) {
      if (this.#position === 0 && !mayBegin) return undefined;
      if (this.#position < first.samples.length) return this.#frameOf(first);
      this.#position = 0;
      this.#queue = this.#queue.slice(1);
      first.onDone();
    }
    return undefined;
  }

  /** Drops everything, and tells nobody. */
  clear(): void {
    this.#queue = [];
    this.#position = 0;
  }

  #frameOf({ samples }: Recording): Int16Array {
    const frame = new Int16Array(FRAME);
    frame.set(samples.subarray(this.#position, this.#position + FRAME));
    this.#position += FRAME;
    return frame;
  }
}
