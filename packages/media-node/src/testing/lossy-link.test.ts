import { ManualClock, seededRandom } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { type Impairment, LossyLink } from './lossy-link.ts';

function send(impairment: Impairment, count: number, seed = 7) {
  const clock = new ManualClock();
  const arrivals: { readonly item: number; readonly tookMs: number }[] = [];
  const link = new LossyLink<number>({
    clock,
    random: seededRandom(seed),
    impairment,
    deliver: (item) => arrivals.push({ item, tookMs: clock.now() - item * 20 }),
  });
  for (let item = 0; item < count; item++) {
    link.send(item);
    clock.advance(20);
  }
  clock.advance(10_000);
  return { clock, link, arrivals, items: arrivals.map(({ item }) => item) };
}

describe('LossyLink', () => {
  it('is perfect by default: all, once, in order, at once', () => {
    const { arrivals } = send({}, 50);
    expect(arrivals).toEqual(Array.from({ length: 50 }, (_, item) => ({ item, tookMs: 0 })));
  });

  it('loses and doubles the given share, the same items for the same seed', () => {
    const { items } = send({ lossRate: 0.1, duplicateRate: 0.05 }, 4_000);
    const unique = new Set(items).size;
    expect(unique).toBeGreaterThan(3_500);
    expect(unique).toBeLessThan(3_700);
    expect((items.length - unique) / unique).toBeCloseTo(0.05, 1);
    expect(send({ lossRate: 0.1, duplicateRate: 0.05 }, 4_000).items).toEqual(items);
    expect(send({ lossRate: 0.1, duplicateRate: 0.05 }, 4_000, 8).items).not.toEqual(items);
  });

  it('delays by delay and jitter without reordering', () => {
    const { arrivals, items } = send({ delayMs: 50, jitterMs: 100 }, 500);
    expect(items).toEqual(items.toSorted((a, b) => a - b));
    expect(arrivals.every(({ tookMs }) => tookMs >= 50 && tookMs <= 150.001)).toBe(true);
    expect(new Set(arrivals.map(({ tookMs }) => tookMs)).size).toBeGreaterThan(100);
  });

  it('keeps the order on timers of whole milliseconds', () => {
    const clock = new ManualClock();
    const whole = {
      now: () => clock.now(),
      after: (ms: number, task: () => void) => clock.after(Math.floor(ms), task),
    };
    const items: number[] = [];
    const impairment = { delayMs: 50, jitterMs: 100 };
    const deliver = (item: number) => items.push(item);
    const link = new LossyLink<number>({ clock: whole, random: seededRandom(7), impairment, deliver });
    for (let item = 0; item < 500; item++) {
      link.send(item);
      clock.advance(0.9);
    }
    clock.advance(1_000);
    expect(items).toEqual(Array.from({ length: 500 }, (_, item) => item));
  });

  it('reorders the given share and loses none of it', () => {
    const { items } = send({ reorderRate: 0.1, reorderMs: 70 }, 500);
    expect(items).not.toEqual(items.toSorted((a, b) => a - b));
    expect(new Set(items).size).toBe(500);
  });

  it('gets better or worse on the way, and drops what is under way when closed', () => {
    const { clock, link, arrivals } = send({ lossRate: 1 }, 10);
    expect(arrivals).toEqual([]);
    link.impair({ delayMs: 100 });
    link.send(99);
    link.close();
    clock.advance(1_000);
    expect(arrivals).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
