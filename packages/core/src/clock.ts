/** Stops a timer that a {@link Clock} started; harmless when it has already run. */
export type CancelTimer = () => void;

/** Time as an argument: milliseconds that only grow, and timers on that line. */
export interface Clock {
  /** Milliseconds since an arbitrary start; monotonic, fractions allowed. */
  now(): number;
  /** Runs `task` once, `delayMs` from now, unless cancelled. */
  after(delayMs: number, task: () => void): CancelTimer;
}
