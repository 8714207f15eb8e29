import { Worker } from 'node:worker_threads';

/** Most bytes of a datagram that are remembered. */
const MOST_BYTES = 9_000;

/** Where the watchdog's thread sees what the main thread does: beats, and the datagram it handles. */
export interface WatchdogMemory {
  /** [beats, length of the datagram] */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** Begins the line that tells of a hang on standard output; JSON with `hex` follows. */
export const HANG_LINE = 'fuzz target hangs: ';

/**
 * Watches this thread from another: when it has not called `beat` for 3 s of the watchdog's own running time, the datagram it
 * was handling is told on standard output, even if this thread never runs again.
 */
export class Watchdog {
  readonly #memory: WatchdogMemory;

  constructor() {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const bytes = new Uint8Array(new SharedArrayBuffer(MOST_BYTES));
    this.#memory = { words, bytes };
    const worker = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData: this.#memory });
    worker.unref();
  }

  /** This thread lives. */
  beat(): void {
    Atomics.add(this.#memory.words, 0, 1);
  }

  /** This thread is about to handle a datagram. */
  handling(datagram: Buffer): void {
    const kept = datagram.subarray(0, MOST_BYTES);
    this.#memory.bytes.set(kept);
    Atomics.store(this.#memory.words, 1, kept.length);
  }
}
