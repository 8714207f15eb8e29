import { expect, it } from 'vitest';
import { endings } from '../support/connection-endings.ts';
import { holdings } from '../support/process-holdings.ts';

const TIMES = 2;

it('connections leave no socket, timer, listener or object behind, in whichever of six ways they end', async () => {
  const { heapBytes: _, ...base } = holdings();
  const ways = Object.values(endings);
  expect(ways).toHaveLength(6);
  await Promise.all(ways.flatMap((end) => Array.from({ length: TIMES }, () => end())));
  await expect.poll(() => holdings(), { timeout: 30_000, interval: 200 }).toMatchObject(base);
});
