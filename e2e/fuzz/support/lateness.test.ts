import { expect, it } from 'vitest';
import { Lateness } from './lateness.ts';

it('is late from the tick before one that came too late', () => {
  const lateness = new Lateness(0);
  expect(lateness.tick(5)).toBeUndefined();
  expect(lateness.tick(19)).toBeUndefined();
  expect(lateness.tick(60)).toEqual({ from: 19, to: 60 });
  expect(lateness.tick(65)).toBeUndefined();
});

it('counts of a span what it was late within, and what it is late now', () => {
  const lateness = new Lateness(0);
  lateness.tick(50);
  lateness.tick(55);
  expect(lateness.within(30, 58)).toBe(20);
  expect(lateness.within(30, 85)).toBe(50);
  expect(lateness.within(56, 58)).toBe(0);
});

it('forgets what is over for a second', () => {
  const lateness = new Lateness(0);
  lateness.tick(50);
  for (let at = 55; at <= 1_100; at += 5) lateness.tick(at);
  expect(lateness.within(0, 1_100)).toBe(0);
});
