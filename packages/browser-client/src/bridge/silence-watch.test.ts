import type { Clock } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { SilenceWatch } from './silence-watch.ts';

describe('SilenceWatch', () => {
  it('tells silence once the limit has passed since the last sound', () => {
    const clock = new ManualClock();
    const silences: number[] = [];
    const watch = new SilenceWatch(clock, 6_000, () => silences.push(clock.now()));
    clock.advance(5_999);
    watch.heard();
    clock.advance(5_999);
    expect(silences).toEqual([]);
    clock.advance(1);
    expect(silences).toEqual([11_999]);
    expect(clock.pending).toBe(0);
  });

  it('tells nothing after close', () => {
    const clock = new ManualClock();
    const watch = new SilenceWatch(clock, 6_000, () => expect.fail('told'));
    watch.close();
    clock.advance(60_000);
  });

  it('a page that slept through the limit gets another one first', () => {
    let now = 0;
    const tasks: (() => void)[] = [];
    const sleepy: Clock = {
      now: () => now,
      after(_, task) {
        tasks.push(task);
        return () => {};
      },
    };
    let silences = 0;
    new SilenceWatch(sleepy, 6_000, () => silences++);
    now = 60_000;
    tasks.shift()?.();
    expect(silences).toBe(0);
    now = 66_000;
    tasks.shift()?.();
    expect(silences).toBe(1);
  });
});
