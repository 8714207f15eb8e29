import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Both halves together, in bytes: with 20 sessions they are full once in a second or two. */
const YOUNG_BYTES = 8 * 2 ** 20;
/** How much is made while the young generation grows, at most, and how much of it lives at once. */
const [MOST_ROUNDS, LIVING_ROUNDS] = [1_000, 40] as const;

let isHeld = false;

/**
 * Gives the young generation of this process two halves of 4 MB, for good. Left alone V8 makes them 16 MB while it loads
 * our modules and later 32 MB, for one session as for fifty; all of that is resident, and V8 marks the whole heap
 * whenever one half more would not fit below its limit: every few seconds, as datagrams count against it too. Collects
 * all garbage. Does nothing the second time, or when the process was started with a size of its own.
 */
export function holdYoungGeneration(): void {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (isHeld || options.some((option) => /semi[-_]space/.test(option))) return;
  isHeld = true;
  collectGarbage();
  growYoungGeneration();
  setFlagsFromString('--semi-space-growth-factor=1');
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // As when memory has run out: any other collection leaves the young generation as large as it is.
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** V8 doubles what is too small for the objects that live. */
function growYoungGeneration(): void {
  // What is parsed lives in the young generation, whatever V8 has learned of the code that makes it: here some 100 kB.
  const objects = JSON.stringify(Array.from({ length: 1_000 }, (_, number) => ({ number, list: [number] })));
  const living: unknown[] = [];
  for (let round = 0; round < MOST_ROUNDS && youngBytes() < YOUNG_BYTES; round++) {
    living[round % LIVING_ROUNDS] = JSON.parse(objects);
  }
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
