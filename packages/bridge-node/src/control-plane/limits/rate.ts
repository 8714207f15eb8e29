import { TokenBucket } from '@voice-bridge/core';
import { RateLimited } from './rate-limited.ts';

/** How often something may be done: so many times at once, or all of a minute's when that is fewer, and so many times a minute. */
export class Rate {
  readonly #bucket: TokenBucket;

  /** `now` in ms, as everywhere. */
  constructor(perMinute: number, atOnce: number, now: number) {
    this.#bucket = new TokenBucket(Math.min(atOnce, perMinute), perMinute / 60, now);
  }

  /** Counts one. Throws `rate_limited` when it is one too many. */
  take(now: number): void {
    if (this.#bucket.take(now)) return;
    throw new RateLimited('Too many requests in too short a time', this.#bucket.waitMs(now));
  }
}
