import type { CancelTimer, Clock } from '@voice-bridge/core';

/** A timer this much late means the page was asleep: what came meanwhile has not been read yet. */
const ASLEEP_MS = 1_000;

/** Calls `onSilent` once nothing was heard for `limitMs`. A page that wakes up gets another `limitMs` first. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onSilent: () => void;
  #cancel: CancelTimer = () => {};

  constructor(clock: Clock, limitMs: number, onSilent: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onSilent = onSilent;
    this.heard();
  }

  /** Starts the wait anew. */
  heard(): void {
    this.#cancel();
    const dueAt = this.#clock.now() + this.#limitMs;
    this.#cancel = this.#clock.after(this.#limitMs, () => {
      if (this.#clock.now() - dueAt > ASLEEP_MS) this.heard();
      else this.#onSilent();
    });
  }

  /** Stops for good. */
  close(): void {
    this.#cancel();
  }
}
