import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Figure, quantile } from '../support/report.ts';

/** One small thing whose cost is measured. */
export interface Operation {
  readonly name: string;
  /** How often `run` does it. */
  readonly times: number;
  /** Made before every run, outside the measurement. */
  readonly prepare?: () => void;
  /** Does it `times` times, and throws when it went wrong. */
  readonly run: () => void;
  /** CPU time for one, in us; without it the figure is for information. */
  readonly limitUs?: number;
  /** Bytes of heap for one; without it they are not measured. */
  readonly limitHeapBytes?: number;
}

const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The figures of an operation, one value per round: CPU time of the process, and what the heap grew by without a collection. */
export function measure(operation: Operation): Figure[] {
  const cpuUs: number[] = [];
  const heapBytes: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    operation.prepare?.();
    collectGarbage();
    const heapBefore = process.memoryUsage().heapUsed;
    const cpuBefore = process.cpuUsage();
    operation.run();
    const { user, system } = process.cpuUsage(cpuBefore);
    const grown = process.memoryUsage().heapUsed - heapBefore;
    if (round < 0) continue;
    cpuUs.push((user + system) / operation.times);
    heapBytes.push(grown / operation.times);
  }
  const { name, limitUs, limitHeapBytes } = operation;
  const figures = [figure(name, 'us', cpuUs, limitUs)];
  if (limitHeapBytes !== undefined) figures.push(figure(`${name}: heap`, 'B', heapBytes, limitHeapBytes));
  return figures;
}

function figure(name: string, unit: string, values: readonly number[], limit: number | undefined): Figure {
  const required = limit === undefined ? 'for information' : `p50 <= ${limit} ${unit}`;
  return { name, unit, values, required, kept: limit === undefined || quantile(values, 0.5) <= limit };
}
