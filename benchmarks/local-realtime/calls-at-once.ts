import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { startProgram } from './program.ts';

const SERVER = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
const IDLE_CLOCK = fileURLToPath(new URL('idle-clock.ts', import.meta.url));
const LISTENERS = fileURLToPath(new URL('listeners.ts', import.meta.url));
/** The listeners' own garbage is not collected while they listen: that would be their lateness, not the server's. */
const NO_GARBAGE = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

const heard = z.tuple([round(), round()]);

/**
 * By how much the packets of so many answers at once came late at their listeners, in ms: the largest gap of each call, for the first
 * answers after both programs started (`cold`), and for the second. The listeners are one process beside the server's, and their own
 * lateness is in it. `idle` is by how much a process that does nothing came late at worst meanwhile.
 */
export async function largestGaps(calls: number): Promise<{ cold: number[]; warm: number[]; idle: number }> {
  const server = await startProgram({ program: SERVER, options: [String(calls)] });
  const idleClock = fork(IDLE_CLOCK, { silent: true });
  await once(idleClock, 'message');
  const { stdout } = await promisify(execFile)(process.execPath, [...NO_GARBAGE, LISTENERS, server.url, String(calls)]);
  idleClock.kill('SIGTERM');
  const idle = Number(idleClock.stdout === null ? Number.NaN : await text(idleClock.stdout));
  await server.stop();
  const [cold, warm] = z.parse(heard, JSON.parse(stdout));
  if ([...cold, ...warm].some(({ packets }) => packets !== cold[0]?.packets))
    throw new Error('Not everybody heard everything');
  return { cold: cold.map(gapOf), warm: warm.map(gapOf), idle };
}

function round() {
  return z.array(z.object({ largestGapMs: z.number(), packets: z.number() }));
}

function gapOf({ largestGapMs }: { readonly largestGapMs: number }): number {
  return largestGapMs;
}
