/** Does nothing but look at the clock, on the core that it is told: what it misses is the machine's doing. */

import { spawnSync } from 'node:child_process';
import * as z from 'zod/mini';
import { Lateness, TICK_MS } from '../support/lateness.ts';
import { MachineWaits } from '../support/machine-waits.ts';
import type { Interval, MachineReport } from '../support/messages.ts';
import { monotonicMs, obey, settings, tell } from '../support/role.ts';

const LOOK_MS = 40;
const REPORT_MS = 250;
/** Shorter waits do not matter to anybody. */
const NOTABLE_MS = 10;

const { core } = settings(z.object({ core: z.number() }));
// A host that holds back one core of a virtual machine is seen by nobody on the others. Where there is no such program, any core will do.
spawnSync('taskset', ['-cp', `${core}`, `${process.pid}`]);

let late: Interval[] = [];
let waits: MachineReport['waits'] = [];
let watched: number | undefined;
const accounts = new MachineWaits();
let lookedAt = monotonicMs();
const lateness = new Lateness(lookedAt);

setInterval(tick, TICK_MS);
setInterval(look, LOOK_MS);
setInterval(() => tell(takeReport()), REPORT_MS);

obey((order) => {
  if (order.type === 'watch') watched = order.pid;
  if (order.type !== 'stop') return;
  tick();
  look();
  process.send?.(takeReport(), () => process.exit(0));
});
tell({ type: 'ready', sharedPaths: [] });

function tick(): void {
  const span = lateness.tick(monotonicMs());
  if (span !== undefined) late.push(span);
}

function look(): void {
  if (watched === undefined) return;
  const from = lookedAt;
  lookedAt = monotonicMs();
  const waitedMs = accounts.since(watched);
  // The system counts a wait when it is over.
  if (waitedMs > NOTABLE_MS) waits.push({ from: Math.min(from, lookedAt - waitedMs), to: lookedAt, waitedMs });
}

function takeReport(): MachineReport {
  const report: MachineReport = { type: 'machine', late, waits };
  late = [];
  waits = [];
  return report;
}
