import { describe, expect, it } from 'vitest';
import { redialDelayMs } from './redial-delay.ts';

describe('redialDelayMs', () => {
  it('[S-3.24] grows, is half random, and ends', () => {
    const delays = Array.from({ length: 7 }, (_, attempt) => redialDelayMs(attempt, 0));
    expect(delays).toEqual([125, 500, 1_000, 2_000, 4_000, 7_500, null]);
    expect(redialDelayMs(2, 0.999)).toBeCloseTo(1_999, 0);
  });
});
