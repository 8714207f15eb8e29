import { expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

it('lets an input that causes another finish first', () => {
  const taken: string[] = [];
  const feed = oneAtATime((input: number) => {
    taken.push(`begin ${input}`);
    if (input < 3) feed(input + 1);
    taken.push(`end ${input}`);
  });
  feed(1);
  expect(taken).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
});

it('goes on after an input that threw', () => {
  const taken: number[] = [];
  const feed = oneAtATime((input: number) => {
    if (input === 1) throw new Error('bad input');
    taken.push(input);
  });
  expect(() => feed(1)).toThrow('bad input');
  feed(2);
  expect(taken).toEqual([2]);
});
