import { expect, it } from 'vitest';
import { SoundMemory } from './sound-memory.ts';

const counting = (from: number, samples: number) => Int16Array.from({ length: samples }, (_, index) => from + index);

it('gives back what was heard, over the seam of the ring, and forgets what is too old', () => {
  const memory = new SoundMemory(1);
  for (let at = 0; at < 24_000; at += 320) memory.append(counting(at, 320));
  expect(memory.lengthMs).toBe(1_500);
  expect(memory.read(900, 1_100)).toEqual(counting(14_400, 3_200));
  expect(memory.read(0, 600)).toEqual(counting(8_000, 1_600));
  expect(memory.read(1_490, 9_999)).toEqual(counting(23_840, 160));
  expect(memory.read(100, 50)).toHaveLength(0);
});

it('keeps the end of a piece longer than itself', () => {
  const memory = new SoundMemory(1);
  memory.append(counting(0, 100));
  memory.append(counting(100, 20_000));
  expect(memory.lengthMs).toBe(20_100 / 16);
  expect(memory.read(500, 600)).toEqual(counting(8_000, 1_600));
});
