import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { calendar } from './calendar.ts';

const START = Date.UTC(2026, 0, 1);

it('goes as the clock that is given, from a start that is given or from now', () => {
  const clock = new ManualClock(5_000);
  const machine = new ManualClock(77);
  const given = calendar({ clock, startsAt: START }, machine);
  const begun = Date.now();
  const fromNow = calendar({ clock, startsAt: undefined }, machine);
  const late = Date.now() - begun;
  expect(given()).toBe(START);
  clock.advance(3_600_000);
  machine.advance(1);
  expect(given()).toBe(START + 3_600_000);
  expect(fromNow() - begun - 3_600_000).toBeGreaterThanOrEqual(0);
  expect(fromNow() - begun - 3_600_000).toBeLessThanOrEqual(late);
});

it('goes as the machine when only a start is given, and is the machine when nothing is', () => {
  const machine = new ManualClock(77);
  const given = calendar({ clock: undefined, startsAt: START }, machine);
  machine.advance(10);
  expect(given()).toBe(START + 10);
  const before = Date.now();
  const own = calendar({ clock: undefined, startsAt: undefined }, machine)();
  expect(own).toBeGreaterThanOrEqual(before);
  expect(own).toBeLessThanOrEqual(Date.now());
});
