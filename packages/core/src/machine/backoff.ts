/** How the wait before a new attempt grows. */
export interface Backoff {
  /** Longest wait before the first new attempt, in ms. */
  readonly baseMs: number;
  /** Longest wait of all, in ms. */
  readonly maxMs: number;
}

/** Doubles from 500 ms to 8 s. */
export const defaultBackoff: Backoff = { baseMs: 500, maxMs: 8_000 };

/** The wait before attempt 1, 2, 3… in ms: anything from 0 to the doubled base ("full jitter"); `random` is from 0 to 1. */
export function backoffDelay(attempt: number, backoff: Backoff, random: number): number {
  return random * Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.max(0, attempt - 1));
}
