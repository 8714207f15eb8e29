import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { buildGenerator } from '../relay/generator.ts';
import type { HeardPacket } from '../sessions/kept-packets.ts';
import { Callers } from './callers.ts';
import { startProgram } from './program.ts';

const SERVER = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
const IDLE_CLOCK = fileURLToPath(new URL('idle-clock.ts', import.meta.url));
const FRAME_MS = 20;
/** Longer than an answer of `scripted-server.ts` lasts (7.7 s). */
const ANSWER_MS = 9_000;

/** By how much packets came late behind the one before, largest of each call, in ms. */
export interface Gaps {
  /** In the first answers after the server started: it compiles while it speaks. */
  readonly cold: readonly number[];
  /** In the second. */
  readonly warm: readonly number[];
  /** By how much a process that does nothing came late at worst meanwhile. */
  readonly idle: number;
  /** Processor time of the server per packet of the second answers, in us. */
  readonly cpuPerPacket: number;
}

/** So many answers at once: how evenly their packets come, by the time stamps of the kernel, at callers that hardly need the processor. */
export async function largestGaps(calls: number): Promise<Gaps> {
  const generator = buildGenerator();
  const server = await startProgram({ program: SERVER, options: [String(calls)] });
  const idleClock = fork(IDLE_CLOCK, { silent: true });
  await once(idleClock, 'message');
  const callers = await Callers.connect(generator, availableParallelism() - 1, server.url, calls);
  await callers.ask(ANSWER_MS);
  const secondAt = Date.now();
  const cpuBefore = server.cpuSeconds();
  await callers.ask(ANSWER_MS);
  const cpuSeconds = server.cpuSeconds() - cpuBefore;
  const heard = await callers.heard();
  idleClock.kill('SIGTERM');
  const idle = Number(idleClock.stdout === null ? Number.NaN : await text(idleClock.stdout));
  await callers.stop();
  await server.stop();
  const rounds = [heard.map((packets) => packets.filter(({ at }) => at < secondAt))];
  rounds.push(heard.map((packets) => packets.filter(({ at }) => at >= secondAt)));
  const counts = new Set(rounds.flat().map(({ length }) => length));
  if (counts.size !== 1) throw new Error(`Not everybody heard everything: ${[...counts].join(', ')} packets`);
  const [cold = [], warm = []] = rounds.map((round) => round.map(largestGap));
  return { cold, warm, idle, cpuPerPacket: (1e6 * cpuSeconds) / (calls * (rounds[1]?.[0]?.length ?? 0)) };
}

function largestGap(packets: readonly HeardPacket[]): number {
  return packets.reduce((most, { at }, n) => Math.max(most, at - (packets[n - 1]?.at ?? at) - FRAME_MS), 0);
}
