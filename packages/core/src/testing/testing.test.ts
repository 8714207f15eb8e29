import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { seededRandom } from './seeded-random.ts';

describe('ManualClock', () => {
  it('runs timers by due time, equal ones as they were set, at the moment they fall due', () => {
    const clock = new ManualClock(1_000);
    const log: string[] = [];
    const note = (name: string) => () => log.push(`${name} ${clock.now()}`);
    clock.after(20, note('c'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(21, note('never'));
    clock.advance(20);
    expect(log).toEqual(['a 1010', 'b 1010', 'c 1020']);
    expect([clock.now(), clock.pending, clock.nextDueAt]).toEqual([1_020, 1, 1_021]);
  });

  it('runs timers that timers set, as long as they fall due', () => {
    const clock = new ManualClock();
    let ticks = 0;
    const again = () => {
      ticks++;
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(95);
    expect(ticks).toBe(9);
    expect(clock.now()).toBe(95);
  });

  it('forgets a timer that is cancelled, also by another timer', () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const cancel = clock.after(10, () => log.push('x'));
    clock.after(5, cancel);
    clock.advance(10);
    cancel();
    expect(log).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('never goes back', () => {
    const clock = new ManualClock();
    expect(() => clock.advance(-1)).toThrow(TypeError);
    expect(() => clock.advance(Number.NaN)).toThrow(TypeError);
    clock.after(-5, () => {});
    expect(clock.nextDueAt).toBe(0);
  });

  it('lets promises settle between timers when asked to', async () => {
    const clock = new ManualClock();
    const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
    const log: number[] = [];
    const work = async () => {
      for (let turn = 0; turn < 3; turn++) {
        await sleep(10);
        log.push(clock.now());
      }
    };
    const done = work();
    await clock.advanceAsync(30);
    await done;
    expect(log).toEqual([10, 20, 30]);
  });
});

describe('seededRandom', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const take = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, random);
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });

  it('spreads them evenly from 0 to 1', () => {
    const random = seededRandom(42);
    const buckets = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) {
      const value = random();
      expect(value >= 0 && value < 1).toBe(true);
      buckets[Math.floor(value * 10)] = (buckets[Math.floor(value * 10)] ?? 0) + 1;
    }
    expect(Math.min(...buckets)).toBeGreaterThan(900);
    expect(Math.max(...buckets)).toBeLessThan(1_100);
  });
});
