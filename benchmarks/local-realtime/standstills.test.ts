import { expect, it } from 'vitest';
import { type Standstill, stoodStillMs } from './standstills.ts';

const standstills: readonly Standstill[] = [
  [130, 140],
  [100, 110],
  [105, 120],
];

it.each([
  ['both cores at once and one after the other', 90, 200, 30],
  ['a part of one', 107, 125, 13],
  ['nothing between them', 120, 130, 0],
  ['within one', 132, 133, 1],
])('counts how long the machine stood still: %s', (_, from, to, ms) => {
  expect(stoodStillMs(standstills, from, to)).toBe(ms);
});
