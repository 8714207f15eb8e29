import { JitterBuffer } from '@voice-bridge/core';
import { ManualClock, seededRandom } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { LossyLink } from '../../testing/lossy-link.ts';

const PACKETS = 1_000;
const DURATION = 960;

describe('packets that arrive up to 100 ms late and out of order', () => {
  it('[X6] are played in order, nearly all of them, where arrival order would have lost many', () => {
    const clock = new ManualClock();
    const buffer = new JitterBuffer<number>();
    const arrived: number[] = [];
    const link = new LossyLink<number>({
      clock,
      random: seededRandom(6),
      impairment: { delayMs: 20, jitterMs: 40, reorderRate: 0.2, reorderMs: 60 },
      deliver: (n) => {
        arrived.push(n);
        buffer.push({ sequenceNumber: n, timestamp: n * DURATION, duration: DURATION, payload: n }, clock.now());
      },
    });
    const played: number[] = [];
    for (let n = 0; n < PACKETS; n++) {
      link.send(n);
      clock.advance(20);
      const playout = buffer.pull(clock.now());
      if (playout.type === 'packet') played.push(playout.payload);
    }
    const ascending = (numbers: readonly number[]) =>
      numbers.filter((n, at) => n > Math.max(-1, ...numbers.slice(0, at)));
    expect(ascending(arrived).length).toBeLessThan(0.9 * PACKETS);
    expect(ascending(played)).toEqual(played);
    expect(played.length).toBeGreaterThan(0.95 * PACKETS);
  });
});
