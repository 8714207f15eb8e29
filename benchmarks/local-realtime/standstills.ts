import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';

/** From when to when a core did nothing for anybody, Unix time in ms. */
export type Standstill = readonly [from: number, to: number];

const CLOCK = fileURLToPath(new URL('standstill-clock.ts', import.meta.url));
/** Before every other program, where we may ask for that: what is late then is the machine, or what it runs on. */
const FIRST = process.getuid?.() === 0 ? ['chrt', '-f', '50'] : [];

interface Clock {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  readonly lines: Interface;
}

/** Watches every core from now on. The function it gives ends that, and tells when one of them stood still. */
export async function watchStandstills(): Promise<() => Promise<readonly Standstill[]>> {
  const clocks = await Promise.all(Array.from({ length: availableParallelism() }, (_, core) => startClock(core)));
  return async () => (await Promise.all(clocks.map(stopClock))).flat();
}

/** For how many ms between two moments a core stood still; cores that do at the same time count once. */
export function stoodStillMs(standstills: readonly Standstill[], from: number, to: number): number {
  let [sum, until] = [0, from];
  for (const [began, ended] of standstills.toSorted(([one], [other]) => one - other)) {
    const [start, end] = [Math.max(began, until), Math.min(ended, to)];
    if (end <= start) continue;
    sum += end - start;
    until = end;
  }
  return sum;
}

async function startClock(core: number): Promise<Clock> {
  const [command = '', ...args] = ['taskset', '-c', `${core}`, ...FIRST, process.execPath, CLOCK];
  const started = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(started.stdout);
  await once(lines, 'line');
  return { process: started, lines };
}

async function stopClock({ process: clock, lines }: Clock): Promise<readonly Standstill[]> {
  const told = once(lines, 'line');
  clock.kill('SIGTERM');
  const [line] = await told;
  return z.parse(z.array(z.tuple([z.number(), z.number()])), JSON.parse(String(line)));
}
