/**
 * `npm run soak`: eight people talk at once for `MINUTES` (default 10), coming and going. Nothing may pile up: not the heap, nor
 * ports, connections, timers or listeners; and no answer may falter.
 */
import { BridgeClient } from 'e2e/integration/support/bridge-client.ts';
import { largestGap } from 'e2e/support/flood.ts';
import { startHouse } from 'e2e/support/house.ts';
import { heldInTheEnd } from 'e2e/support/open-handles.ts';
import { type ProcessSample, processListeners, sampleProcess, slopePerMinute } from './support/process-samples.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';

const DEFAULT_MINUTES = 10;
const MINUTES = Number(process.env.MINUTES ?? DEFAULT_MINUTES);
const PEOPLE = 8;
/** Objects per minute that a run of ten minutes would show as a leak of a few kB per conversation. */
const ALLOWED_HEAP_SLOPE = 1;
const ALLOWED_GROWTH = 0.2;
const ALLOWED_GAP_MS = 200;

interface Talks {
  readonly held: number;
  readonly failures: readonly string[];
  /** The largest gap of each answer, in ms. */
  readonly gaps: readonly number[];
}

const warnings: string[] = [];
process.on('warning', ({ name, message }) => warnings.push(`${name}: ${message}`));
const house = await startHouse();
await talkOnce('warm-up');
const listenersBefore = processListeners();
const sampler = sampleProcess();
const until = performance.now() + MINUTES * 60_000;
const talks = await Promise.all(Array.from({ length: PEOPLE }, (_, person) => talkUntil(until, `person-${person}`)));
sampler.stop();
const { samples } = sampler;
const held = await heldInTheEnd();
const sessions = house.bridge.sessions.list().length + house.model.callCount;
const listenersLeft = processListeners() - listenersBefore;
await house.close();

const failures = talks.flatMap((each) => each.failures);
for (const line of [...failures, ...warnings]) console.error(line);
const figures = [
  count(
    'conversations held',
    talks.reduce((sum, each) => sum + each.held, 0),
    'at least 1',
    (value) => value > 0,
  ),
  none('conversations that failed', failures.length),
  gapsOf(talks.flatMap((each) => each.gaps)),
  heap(),
  resident(),
  steady('sockets (UDP and TCP)', ({ sockets }) => sockets),
  steady('timers', ({ timers }) => timers),
  steady('listeners on the process', ({ listeners }) => listeners),
  none('warnings of the runtime, such as too many listeners', warnings.length),
  none('sessions and calls left', sessions),
  none('sockets and timers left', held.length),
  none('listeners left on the process', listenersLeft),
];
const command = MINUTES === DEFAULT_MINUTES ? 'npm run soak' : `MINUTES=${MINUTES} npm run soak`;
const kept = writeReport('soak', figures, { command });
process.exitCode = kept ? 0 : 1;

async function talkUntil(end: number, name: string): Promise<Talks> {
  const gaps: number[] = [];
  const failed: string[] = [];
  let heldSoFar = 0;
  while (performance.now() < end) {
    try {
      gaps.push(...(await talkOnce(name)));
      heldSoFar++;
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { held: heldSoFar, failures: failed, gaps };
}

/** Holds one conversation; gives the largest gap in each of its answers. */
async function talkOnce(conversationId: string): Promise<number[]> {
  const client = await BridgeClient.connect(house.url, conversationId);
  const gaps: number[] = [];
  try {
    for (const text of ['set the lamp to blue', 'roll the dice']) {
      client.send({ type: 'text', text });
      const from = await client.waitFor('assistant', ({ state }) => state === 'speaking');
      const to = await client.waitFor('assistant', ({ state }) => state === 'idle');
      gaps.push(largestGap(client.packets.filter(({ at }) => at >= from.at && at <= to.at)));
    }
  } finally {
    await client.delete();
    await client.vanish();
  }
  return gaps;
}

function gapsOf(values: readonly number[]): Figure {
  const share = quantile(values, 0.99);
  const name = `largest gap in an answer (p99 ${share.toFixed(0)} ms)`;
  return { name, unit: 'ms', values, required: `p99 <= ${ALLOWED_GAP_MS} ms`, kept: share <= ALLOWED_GAP_MS };
}

function heap(): Figure {
  const perMinute = slopePerMinute(samples, ({ heapMb }) => heapMb);
  return {
    name: `heap after a collection (${perMinute.toFixed(2)} MB more per minute)`,
    unit: 'MB',
    values: samples.map(({ heapMb }) => heapMb),
    required: `at most ${ALLOWED_HEAP_SLOPE} MB more per minute`,
    kept: perMinute <= ALLOWED_HEAP_SLOPE,
  };
}

/** The mean of the last third against the mean of the second: what is not on the heap, such as the codec's memory, shows here. */
function resident(): Figure {
  const third = Math.floor(samples.length / 3);
  const meanOf = (part: readonly ProcessSample[]) => part.reduce((sum, each) => sum + each.residentMb, 0) / part.length;
  const growth = meanOf(samples.slice(2 * third)) / meanOf(samples.slice(third, 2 * third)) - 1;
  return {
    name: `resident memory (${(growth * 100).toFixed(1)} % growth from the second to the last third)`,
    unit: 'MB',
    values: samples.map(({ residentMb }) => residentMb),
    required: `growth <= ${ALLOWED_GROWTH * 100} %`,
    kept: growth <= ALLOWED_GROWTH,
  };
}

/** No more in the last third than in the second, give or take a conversation's worth. */
function steady(name: string, of: (sample: ProcessSample) => number): Figure {
  const third = Math.floor(samples.length / 3);
  const most = (part: readonly ProcessSample[]) => part.reduce((max, sample) => Math.max(max, of(sample)), 0);
  const [middle, last] = [most(samples.slice(third, 2 * third)), most(samples.slice(2 * third))];
  return {
    name: `${name} (at most ${middle}, then ${last})`,
    unit: '',
    values: samples.map(of),
    required: 'no more in the last third than in the second, give or take an eighth',
    kept: last <= middle * (1 + 1 / PEOPLE),
  };
}

function none(name: string, value: number): Figure {
  return count(name, value, '0', (left) => left === 0);
}

function count(name: string, value: number, required: string, fits: (value: number) => boolean): Figure {
  return { name, unit: '', values: [value], required, kept: fits(value) };
}
