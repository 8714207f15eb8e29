/** Does nothing but look at the clock: what it misses is the machine's doing. */
import { readFileSync } from 'node:fs';
import type { Interval, MachineReport } from '../support/messages.ts';
import { monotonicMs, obey, tell } from '../support/role.ts';

const TICK_MS = 5;
const LOOK_MS = 20;
const REPORT_MS = 250;
/** Shorter delays do not matter to anybody. */
const NOTABLE_MS = 10;

let late: Interval[] = [];
let waits: MachineReport['waits'] = [];
let pids: readonly number[] = [];
const waited = new Map<string, number>();
let tickedAt = monotonicMs();
let lookedAt = tickedAt;

setInterval(() => {
  const at = monotonicMs();
  if (at - tickedAt - TICK_MS > NOTABLE_MS) late.push({ from: tickedAt, to: at });
  tickedAt = at;
}, TICK_MS);
setInterval(() => {
  const from = lookedAt;
  lookedAt = monotonicMs();
  for (const [who, total] of [...pids.map((pid) => [`${pid}`, waitingMs(pid)] as const), ...stolenMs()]) {
    const waitedMs = total - (waited.get(who) ?? total);
    waited.set(who, total);
    // The system counts a wait when it is over.
    if (waitedMs > NOTABLE_MS) waits.push({ from: Math.min(from, lookedAt - waitedMs), to: lookedAt, waitedMs });
  }
}, LOOK_MS);
setInterval(() => {
  tell({ type: 'machine', late, waits });
  late = [];
  waits = [];
}, REPORT_MS);

obey((order) => {
  if (order.type === 'watch') pids = order.pids;
  if (order.type === 'stop') process.exit(0);
});
tell({ type: 'ready', sharedPaths: [] });

/** How long the host has kept each core of a virtual machine from running, in steps of 10 ms: Linux's stat, eighth figure. Elsewhere none. */
function stolenMs(): (readonly [core: string, totalMs: number])[] {
  try {
    const cores = readFileSync('/proc/stat', 'utf8').matchAll(/^(cpu\d+)(?: \d+){7} (\d+)/gm);
    return [...cores].map(([, core = '', steps]) => [core, Number(steps) * 10] as const);
  } catch {
    return [];
  }
}

/** How long the process's main thread has stood ready without a core: the second figure of Linux's schedstat. Elsewhere 0. */
function waitingMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
