import { setTimeout as wait } from 'node:timers/promises';
import { RealtimeTestClient } from '@voice-bridge/local-realtime/testing';
import { startProgram } from './program.ts';

const IDLE_CALLS = 20;
const LISTENING_CALLS = 4;
const LISTENING_MS = 5_000;
const SETTLE_MS = 1_000;

/** From the start of the program to its `Ready` line, in ms. */
export async function coldStarts(runs: number): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const program = await startProgram();
    times.push(program.startMs);
    await program.stop();
  }
  return times;
}

/** What one more call costs the real program: MB when nobody speaks in it, and the share of a core while it listens. */
export async function callCosts(): Promise<{ readonly idleMb: number; readonly listeningCpu: number }> {
  const program = await startProgram();
  const connect = (count: number) =>
    Promise.all(Array.from({ length: count }, () => RealtimeTestClient.connect({ url: program.url })));
  const closeAll = (clients: readonly RealtimeTestClient[]) => Promise.all(clients.map((client) => client.close()));
  // What the first call loads is no cost of the second.
  await closeAll(await connect(2));
  await wait(SETTLE_MS);
  const before = program.residentMb();
  const idle = await connect(IDLE_CALLS);
  for (const { microphone } of idle) microphone.stop();
  await wait(SETTLE_MS);
  const idleMb = (program.residentMb() - before) / IDLE_CALLS;
  await closeAll(idle);
  const listening = await connect(LISTENING_CALLS);
  await wait(SETTLE_MS);
  const cpuBefore = program.cpuSeconds();
  const began = performance.now();
  await wait(LISTENING_MS);
  const seconds = (performance.now() - began) / 1_000;
  const listeningCpu = ((program.cpuSeconds() - cpuBefore) / seconds / LISTENING_CALLS) * 100;
  await closeAll(listening);
  await program.stop();
  return { idleMb, listeningCpu };
}
