import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const SAMPLE_MS = 5_000;

/** What this process holds at one moment. */
export interface ProcessSample {
  /** Since the first sample. */
  readonly minutes: number;
  /** Memory of objects in use, after a collection. */
  readonly heapMb: number;
  readonly residentMb: number;
  readonly sockets: number;
  readonly timers: number;
  readonly listeners: number;
}

/** Samples this process every 5 s until `stop`. */
export function sampleProcess(): { readonly samples: readonly ProcessSample[]; stop(): void } {
  const collect = garbageCollector();
  const startedAt = performance.now();
  const samples: ProcessSample[] = [];
  const timer = setInterval(() => {
    collect();
    samples.push({ minutes: (performance.now() - startedAt) / 60_000, ...heldNow() });
  }, SAMPLE_MS);
  return { samples, stop: () => clearInterval(timer) };
}

/** How many more there are per minute, by least squares over everything but the first third, which is warm-up; `NaN` for too few samples. */
export function slopePerMinute(samples: readonly ProcessSample[], of: (sample: ProcessSample) => number): number {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const atMean = mean(settled.map(({ minutes }) => minutes));
  const valueMean = mean(settled.map(of));
  let above = 0;
  let below = 0;
  for (const sample of settled) {
    above += (sample.minutes - atMean) * (of(sample) - valueMean);
    below += (sample.minutes - atMean) ** 2;
  }
  return above / below;
}

/** Listeners on the process itself: what everything shares and nobody else takes off. */
export function processListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

function heldNow() {
  const { heapUsed, rss } = process.memoryUsage();
  const kinds = process.getActiveResourcesInfo();
  return {
    heapMb: heapUsed / 2 ** 20,
    residentMb: rss / 2 ** 20,
    sockets: kinds.filter((kind) => kind === 'UDPWrap' || kind === 'TCPSocketWrap').length,
    timers: kinds.filter((kind) => kind === 'Timeout').length,
    listeners: processListeners(),
  };
}

/** The heap says something only behind a collection. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function') collect();
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
