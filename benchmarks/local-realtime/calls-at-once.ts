import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { startProgram } from './program.ts';

const SERVER = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
const LISTENERS = fileURLToPath(new URL('listeners.ts', import.meta.url));
/** The listeners' own garbage is not collected while they listen: that would be their lateness, not the server's. */
const NO_GARBAGE = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

const heard = z.array(z.object({ largestGapMs: z.number(), packets: z.number() }));

/**
 * By how much the packets of so many answers at once came late at their listeners, in ms: the largest gap of each call. The listeners
 * are one process beside the server's, and their own lateness is in it.
 */
export async function largestGaps(calls: number): Promise<number[]> {
  const server = await startProgram({ program: SERVER, options: [String(calls)] });
  const { stdout } = await promisify(execFile)(process.execPath, [...NO_GARBAGE, LISTENERS, server.url, String(calls)]);
  await server.stop();
  const each = z.parse(heard, JSON.parse(stdout));
  if (each.some(({ packets }) => packets !== each[0]?.packets)) throw new Error('Not everybody heard everything');
  return each.map(({ largestGapMs }) => largestGapMs);
}
