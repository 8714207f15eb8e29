import { TokenBucket } from '@voice-bridge/core';
import { RateLimited } from './rate-limited.ts';

const BURST = 10;

/** How often text may be typed into one session: ten at once, or all of a minute's when that is fewer. */
export class TextRate {
  readonly #bucket: TokenBucket;

  /** `now` in ms, as everywhere. */
  constructor(perMinute: number, now: number) {
    this.#bucket = new TokenBucket(Math.min(BURST, perMinute), perMinute / 60, now);
  }

  /** Counts one text. Throws `rate_limited` when it is one too many. */
  take(now: number): void {
    if (this.#bucket.take(now)) return;
    throw new RateLimited('Too many texts in too short a time', this.#bucket.waitMs(now));
  }
}
