/** The bridge under attack, in a process of its own, with a meter on every datagram. */
import { getHeapSpaceStatistics } from 'node:v8';
import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import * as z from 'zod/mini';
import { DatagramMeter, threadCpuMs } from '../support/datagram-meter.ts';
import { watchOffers } from '../support/offers.ts';
import { monotonicMs, obey, settings, tell } from '../support/role.ts';
import { Watchdog } from '../support/watchdog.ts';

const SAMPLE_MS = 250;
const BEAT_MS = 10;
/** A beat later than this, spent on the CPU for the most part, is a stall of ours. */
const STALL_MS = 60;
const DAY_MINUTES = 24 * 60;

const { modelUrl } = settings(z.object({ modelUrl: z.string() }));
const watchdog = new Watchdog();
/** When the clock of the meter had 0. */
const epoch = monotonicMs() - performance.now();
const meter = new DatagramMeter((datagram) => watchdog.handling(datagram), epoch);

process.on('unhandledRejection', (reason) => fail('unhandled rejection', reason));
process.on('uncaughtException', (error) => fail('uncaught exception', error));

watchOffers((ports) => meter.modelAt(ports));
const bridge = createVoiceBridge({
  model: { baseUrl: modelUrl, apiKey: 'fuzz' },
  limits: { sessionMinutes: DAY_MINUTES, idleMinutes: DAY_MINUTES },
});
const server = await listen(bridge, { host: '127.0.0.1', port: 0 });

let stalls: { readonly from: number; readonly to: number; readonly cpuMs: number }[] = [];
let beatAt = monotonicMs();
let beatCpu = threadCpuMs();
setInterval(() => {
  const at = monotonicMs();
  const cpu = threadCpuMs();
  const late = at - beatAt - BEAT_MS;
  if (late > STALL_MS && cpu - beatCpu > late / 2) stalls.push({ from: beatAt, to: at, cpuMs: cpu - beatCpu });
  beatAt = at;
  beatCpu = cpu;
  watchdog.beat();
}, BEAT_MS);

let sampledAt = monotonicMs();
let sampledCpu = threadCpuMs();
setInterval(() => {
  const at = monotonicMs();
  const cpu = threadCpuMs();
  const { rss, heapUsed, external } = process.memoryUsage();
  tell({
    type: 'target',
    at,
    ...meter.take(),
    busy: (cpu - sampledCpu) / (at - sampledAt),
    stalls: stalls.map((stall) => ({ ...stall, gcMs: meter.collectedMs(stall.from - epoch, stall.to - epoch) })),
    residentMb: rss / 2 ** 20,
    heapMb: (heapUsed - compiledBytes()) / 2 ** 20,
    externalMb: external / 2 ** 20,
    sessions: bridge.sessions.list().length,
    ports: meter.ports(),
  });
  stalls = [];
  sampledAt = at;
  sampledCpu = cpu;
}, SAMPLE_MS);

obey((order) => {
  if (order.type === 'attackers') meter.attackedFrom(order.ports);
  if (order.type === 'stop') process.exit(0);
});
tell({ type: 'ready', url: server.url, sharedPaths: [] });

/** What V8 has compiled: hostile input leads it to ever new code, which it compiles for minutes. */
function compiledBytes(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => /^(code|trusted)_/.test(name));
  return spaces.reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);
}

function fail(kind: 'unhandled rejection' | 'uncaught exception', reason: unknown): void {
  tell({ type: 'failure', kind, text: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason) });
}
