import type { CancelTimer, Clock } from '@voice-bridge/core';

/** Where a {@link LatestValue} gives to, and how often. */
export interface LatestValueOptions<Value> {
  readonly clock: Clock;
  /** Least time between two values, in ms. */
  readonly everyMs: number;
  readonly deliver: (value: Value) => void;
}

/** Gives values on at a pace: the first at once, then the latest of those that came meanwhile. */
export class LatestValue<Value> {
  readonly #options: LatestValueOptions<Value>;
  #waiting: { readonly value: Value } | undefined;
  #cancelPause: CancelTimer | undefined;

  constructor(options: LatestValueOptions<Value>) {
    this.#options = options;
  }

  /** Takes a value; one that still waits is dropped for it. */
  offer(value: Value): void {
    this.#waiting = { value };
    if (this.#cancelPause === undefined) this.#deliver();
  }

  /** Gives on at once what still waits, and ends. */
  finish(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) this.#options.deliver(waiting.value);
  }

  /** Ends and drops what still waits. */
  cancel(): void {
    this.#waiting = undefined;
    this.finish();
  }

  #deliver(): void {
    this.#cancelPause = undefined;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    this.#cancelPause = this.#options.clock.after(this.#options.everyMs, () => this.#deliver());
    this.#options.deliver(waiting.value);
  }
}
