/** `npm run bench:leaks`: `COUNT` connections (default 1,000) opened and ended in six ways; nothing may be left of them. */
import { setTimeout as passed } from 'node:timers/promises';
import { endings } from 'e2e/support/connection-endings.ts';
import { type Holdings, holdings } from 'e2e/support/process-holdings.ts';
import { type Figure, writeReport } from './support/report.ts';

const COUNT = Number(process.env.COUNT ?? 1_000);
/** Connections before the first look: code is compiled and tables grow once. */
const WARM_UP = 150;
const LOOKS = 10;
/** How many of each way at a time. */
const AT_A_TIME = 4;
const SETTLE_MS = 30_000;
const ALLOWED_BYTES = 1_000;

await endConnections(WARM_UP);
const base = await settled({ udpSockets: 0, timers: 0, objects: 0 });
const heap: { readonly connections: number; readonly bytes: number }[] = [{ connections: 0, bytes: base.heapBytes }];
let opened = 0;
for (let look = 1; look <= LOOKS; look++) {
  opened += await endConnections(COUNT / LOOKS);
  heap.push({ connections: opened, bytes: (await settled(base)).heapBytes });
}
const left = await settled(base);

const kept = writeReport('leaks', [
  { name: 'connections opened and ended', unit: '', values: [opened], required: `${COUNT}`, kept: opened >= COUNT },
  same('UDP sockets', left.udpSockets, base.udpSockets),
  same('timers', left.timers, base.timers),
  same('listeners of the process', left.listeners, base.listeners),
  same('reachable UDP sockets and library connections', left.objects, base.objects),
  growth(),
]);
process.exitCode = kept ? 0 : 1;

/** At least `wanted` connections, as many of each way. */
async function endConnections(wanted: number): Promise<number> {
  let ended = 0;
  while (ended < wanted) {
    const batch = Object.values(endings).flatMap((end) => Array.from({ length: AT_A_TIME }, () => end()));
    for (const each of await Promise.all(batch)) ended += each;
  }
  return ended;
}

/** What is held once it is what `expected` was, or after 30 s: the last timers of the library run out by themselves. */
async function settled(expected: Omit<Holdings, 'listeners' | 'heapBytes'>): Promise<Holdings> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const held = holdings();
    const isSettled =
      held.udpSockets === expected.udpSockets && held.timers === expected.timers && held.objects === expected.objects;
    if (isSettled || performance.now() > deadline) return held;
    await passed(250);
  }
}

function same(name: string, value: number, before: number): Figure {
  return { name: `${name} left`, unit: '', values: [value - before], required: '0', kept: value === before };
}

/** The slope of the heap over the connections, by least squares. */
function growth(): Figure {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(heap.map(({ connections }) => connections)), mean(heap.map(({ bytes }) => bytes))];
  const over = heap.reduce((sum, { connections, bytes }) => sum + (connections - x) * (bytes - y), 0);
  const under = heap.reduce((sum, { connections }) => sum + (connections - x) ** 2, 0);
  const slope = over / under;
  return {
    name: `heap after each tenth (${slope.toFixed(0)} B per connection)`,
    unit: 'kB',
    values: heap.map(({ bytes }) => bytes / 1_000),
    required: `< ${ALLOWED_BYTES} B per connection`,
    kept: slope < ALLOWED_BYTES,
  };
}
