import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLAY_WINDOW_SIZE, ReplayWindow } from './replay-window.ts';

describe('ReplayWindow', () => {
  it('takes every index once, whatever the order, and none that is too old to know', () => {
    const jumps = fc.array(
      fc.oneof(fc.integer({ min: -80, max: 80 }), fc.integer({ min: -3_000, max: 3_000 }), fc.nat(2 ** 33)),
      { maxLength: 300, size: 'max' },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 46 }), jumps, (start, steps) => {
        const window = new ReplayWindow();
        const taken = new Set<number>();
        let at = start;
        for (const step of steps) {
          at = Math.max(0, at + step);
          const isTooOld = window.newest - at >= REPLAY_WINDOW_SIZE;
          expect(window.isFresh(at)).toBe(!isTooOld && !taken.has(at));
          if (!window.isFresh(at)) continue;
          window.take(at);
          taken.add(at);
          expect(window.newest).toBe(Math.max(...[...taken].slice(-1), window.newest));
        }
      }),
    );
  });

  it('knows every one of the newest indices', () => {
    const window = new ReplayWindow();
    for (let index = 0; index < 5_000; index++) window.take(index);
    for (let index = 0; index < 5_000; index++) expect(window.isFresh(index)).toBe(false);
    expect(window.isFresh(5_000)).toBe(true);
    expect(window.isFresh(-1)).toBe(false);
  });
});
