import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('lets a burst through, then as many as it earns', () => {
    const bucket = new TokenBucket(3, 2, 1_000);
    const burst = [1_000, 1_000, 1_000, 1_000].map((now) => bucket.take(now));
    expect(burst).toEqual([true, true, true, false]);
    expect([1_499, 1_500, 1_500, 2_000].map((now) => bucket.take(now))).toEqual([false, true, false, true]);
  });

  it('never holds more than its capacity', () => {
    const bucket = new TokenBucket(2, 1, 0);
    expect([60_000, 60_000, 60_000].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });

  it('says how long it takes to the next token', () => {
    const bucket = new TokenBucket(1, 0.5, 0);
    expect(bucket.waitMs(0)).toBe(0);
    bucket.take(0);
    expect([bucket.waitMs(0), bucket.waitMs(500), bucket.waitMs(2_000)]).toEqual([2_000, 1_500, 0]);
  });

  it('earns nothing from a clock that goes back', () => {
    const bucket = new TokenBucket(1, 1, 5_000);
    bucket.take(5_000);
    expect([bucket.take(1_000), bucket.take(5_900), bucket.take(6_000)]).toEqual([false, false, true]);
  });
});
