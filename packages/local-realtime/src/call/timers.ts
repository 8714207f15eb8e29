import type { Clock } from '@voice-bridge/core';

/** Timers that end together with their owner. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `task` once, unless {@link close} comes first; a time in the past is now. */
  after(delayMs: number, task: () => void): void {
    const cancel = this.#clock.after(Math.max(delayMs, 0), () => {
      this.#running.delete(cancel);
      task();
    });
    this.#running.add(cancel);
  }

  /** Stops every timer. */
  close(): void {
    for (const cancel of this.#running) cancel();
    this.#running.clear();
  }
}
