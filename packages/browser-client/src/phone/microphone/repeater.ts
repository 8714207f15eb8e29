import type { CancelTimer, Clock } from '@voice-bridge/core';

/** Runs a task every `everyMs` from `start()` to `stop()`, and not at all in between. */
export class Repeater {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #task: () => void;
  #cancel: CancelTimer | null = null;

  constructor(clock: Clock, everyMs: number, task: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#task = task;
  }

  /** Runs the task now and from then on; does nothing while running. */
  start(): void {
    if (this.#cancel !== null) return;
    this.#again();
    this.#task();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #again(): void {
    this.#cancel = this.#clock.after(this.#everyMs, () => {
      this.#again();
      this.#task();
    });
  }
}
