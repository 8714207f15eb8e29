import { expect, it } from 'vitest';
import { Lateness } from './lateness.ts';

it('is late from the tick before one that came too late', () => {
  const lateness = new Lateness(0);
  expect(lateness.tick(5)).toBeUndefined();
  expect(lateness.tick(19)).toBeUndefined();
  expect(lateness.tick(60)).toEqual({ from: 19, to: 60 });
  expect(lateness.tick(65)).toBeUndefined();
});

it('tells what it was late, and what it is late now', () => {
  const lateness = new Lateness(0);
  lateness.tick(50);
  lateness.tick(55);
  expect(lateness.spans(58)).toEqual([{ from: 0, to: 50 }]);
  expect(lateness.spans(85)).toEqual([
    { from: 0, to: 50 },
    { from: 55, to: 85 },
  ]);
});

it('forgets what is over for a second', () => {
  const lateness = new Lateness(0);
  lateness.tick(50);
  for (let at = 55; at <= 1_100; at += 5) lateness.tick(at);
  expect(lateness.spans(1_100)).toEqual([]);
});
