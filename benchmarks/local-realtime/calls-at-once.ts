import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildGenerator } from '../relay/generator.ts';
import type { HeardPacket } from '../sessions/kept-packets.ts';
import { Callers } from './callers.ts';
import { startProgram } from './program.ts';
import { type Standstill, stoodStillMs, watchStandstills } from './standstills.ts';

const SERVER = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
const FRAME_MS = 20;
/** Longer than an answer of `scripted-server.ts` lasts (7.7 s). */
const ANSWER_MS = 9_000;

/** V8 looks through the whole heap, which stops everybody, only when it is four times as large: measured beside servers as they are, to see whether it helps. */
export const FOR_MANY_CALLS = ['--heap-growing-percent=300'];

/** By how much packets came late behind the one before: the largest of each call, in ms. */
export interface Gaps {
  /** In the first answers after the server started, without the time in which the machine stood still. */
  readonly cold: readonly number[];
  /** In the second. */
  readonly warm: readonly number[];
  /** In the second, as they came. */
  readonly withStandstills: readonly number[];
  /** How long the machine stood still at most between two packets of the second answers. */
  readonly standstill: number;
  /** Processor time of the server per packet of the second answers, in us. */
  readonly cpuPerPacket: number;
}

/** So many answers at once: how evenly their packets come, by the time stamps of the kernel, at callers that hardly need the processor. `flags` are Node's, for the server. */
export async function largestGaps(calls: number, flags: readonly string[] = []): Promise<Gaps> {
  const generator = buildGenerator();
  const server = await startProgram({ program: SERVER, options: [String(calls)], flags });
  const stopWatching = await watchStandstills();
  const callers = await Callers.connect(generator, availableParallelism() - 1, server.url, calls);
  await callers.ask(ANSWER_MS);
  const secondAt = Date.now();
  const cpuBefore = server.cpuSeconds();
  await callers.ask(ANSWER_MS);
  const cpuSeconds = server.cpuSeconds() - cpuBefore;
  const heard = await callers.heard();
  const standstills = await stopWatching();
  await callers.stop();
  await server.stop();
  const first = heard.map((packets) => packets.filter(({ at }) => at < secondAt));
  const second = heard.map((packets) => packets.filter(({ at }) => at >= secondAt));
  const counts = new Set([...first, ...second].map(({ length }) => length));
  if (counts.size !== 1) throw new Error(`Not everybody heard everything: ${[...counts].join(', ')} packets`);
  return {
    cold: first.map((packets) => largestGap(packets, standstills)),
    warm: second.map((packets) => largestGap(packets, standstills)),
    withStandstills: second.map((packets) => largestGap(packets, [])),
    standstill: Math.max(
      ...second.flatMap((packets) => pairs(packets, (from, to) => stoodStillMs(standstills, from, to))),
    ),
    cpuPerPacket: (1e6 * cpuSeconds) / second.flat().length,
  };
}

function largestGap(packets: readonly HeardPacket[], standstills: readonly Standstill[]): number {
  return Math.max(0, ...pairs(packets, (from, to) => to - from - FRAME_MS - stoodStillMs(standstills, from, to)));
}

/** Something of each two packets that follow each other, by when they came. */
function pairs(packets: readonly HeardPacket[], of: (from: number, to: number) => number): readonly number[] {
  return packets.slice(1).map(({ at }, n) => of(packets[n]?.at ?? at, at));
}
