import { setTimeout as passed } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { endings } from '../support/connection-endings.ts';
import { type Holdings, holdings } from '../support/process-holdings.ts';

const TIMES = 2;
const LOOK_MS = 200;
const LOOKS = 150;

it('connections leave no socket, timer, listener or object behind, in whichever of six ways they end', async () => {
  // The runner has a timer of its own when a test begins, and in each of its polls: the looks are ours.
  const base = countsOf(await settled(({ timers }) => timers === 0));
  const ways = Object.values(endings);
  expect(ways).toHaveLength(6);
  await Promise.all(ways.flatMap((end) => Array.from({ length: TIMES }, () => end())));
  const left = await settled((held) => isDeepStrictEqual(countsOf(held), base));
  expect(countsOf(left)).toEqual(base);
});

/** What is held as soon as it is as wanted, or after half a minute. */
async function settled(isWanted: (held: Holdings) => boolean): Promise<Holdings> {
  let held = holdings();
  for (let looks = 0; looks < LOOKS && !isWanted(held); looks++) {
    await passed(LOOK_MS);
    held = holdings();
  }
  return held;
}

function countsOf({ heapBytes: _, ...counts }: Holdings) {
  return counts;
}
