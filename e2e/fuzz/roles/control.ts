/** Does nothing but look at the clock: what it misses is the machine's doing. */

import { MachineWaits } from '../support/machine-waits.ts';
import type { Interval, MachineReport } from '../support/messages.ts';
import { monotonicMs, obey, tell } from '../support/role.ts';

const TICK_MS = 5;
const LOOK_MS = 40;
const REPORT_MS = 250;
/** Shorter delays do not matter to anybody. */
const NOTABLE_MS = 10;

let late: Interval[] = [];
let waits: MachineReport['waits'] = [];
let pids: readonly number[] = [];
const accounts = new MachineWaits();
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
  for (const waitedMs of accounts.since(pids)) {
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
