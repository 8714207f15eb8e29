/** Lets `perSecond` things through for as long as one likes and `capacity` at once (a token bucket). */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  #tokens: number;
  #at: number;

  /** Starts full; `now` in ms, as everywhere. */
  constructor(capacity: number, perSecond: number, now: number) {
    this.#capacity = capacity;
    this.#perSecond = perSecond;
    this.#tokens = capacity;
    this.#at = now;
  }

  /** Takes one token; false when there is none. */
  take(now: number): boolean {
    this.#earn(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** From `now` until there is a token, in ms; 0 when there is one. */
  waitMs(now: number): number {
    this.#earn(now);
    return Math.round(Math.max(0, (1 - this.#tokens) / this.#perSecond) * 1_000);
  }

  #earn(now: number): void {
    const earned = (Math.max(0, now - this.#at) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#at = Math.max(this.#at, now);
  }
}
