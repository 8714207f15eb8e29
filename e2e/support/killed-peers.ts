import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';

/** Peers in a process of their own, which will be killed. */
export interface KilledPeers {
  /** The offer of each. */
  readonly offers: readonly string[];
  /** Gives one of them the answer to its offer; it speaks as soon as it is connected. */
  answer(index: number, sdp: string): void;
  /** Kills the process in the middle of whatever it does; resolves when it is gone. */
  kill(): Promise<void>;
}

const PROGRAM = new URL('./killed-peers-process.ts', import.meta.url);
const offersSchema = z.array(z.string());

/** Starts a process with so many peers. Rejects when it ends before it has offered. */
export async function startKilledPeers(count: number): Promise<KilledPeers> {
  const child = fork(PROGRAM, [String(count)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const [message] = await Promise.race([
    once(child, 'message'),
    gone.then(([code, signal]) => Promise.reject(new Error(`The peers' process ended: ${code ?? signal}`))),
  ]);
  return {
    offers: offersSchema.parse(message),
    answer: (index, sdp) => child.send({ index, sdp }),
    async kill() {
      child.kill('SIGKILL');
      const [code, signal] = await gone;
      if (signal !== 'SIGKILL') throw new Error(`The peers' process was not there to be killed: ${code ?? signal}`);
    },
  };
}
