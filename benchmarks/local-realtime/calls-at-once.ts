import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RealtimeTestClient, type ReceivedPacket } from '@voice-bridge/local-realtime/testing';
import { startProgram } from './program.ts';

const SERVER = fileURLToPath(new URL('scripted-server.ts', import.meta.url));
const FRAME_MS = 20;
/** People do not ask at the same moment; all the answers still overlap. */
const APART_MS = 60;

/**
 * By how much the packets of so many answers at once came late at their listeners, in ms: the largest gap of each call. The listeners
 * are one process beside the server's, and their own lateness is in it.
 */
export async function largestGaps(calls: number): Promise<number[]> {
  const server = await startProgram({ program: SERVER, options: [String(calls)] });
  const clients: RealtimeTestClient[] = [];
  for (let n = 0; n < calls; n++) {
    const client = await RealtimeTestClient.connect({ url: server.url });
    client.microphone.stop();
    clients.push(client);
  }
  for (const client of clients) {
    client.send({ type: 'response.create' });
    await wait(APART_MS);
  }
  await Promise.all(clients.map((client) => client.waitFor('output_audio_buffer.stopped')));
  const gaps = clients.map(({ packets }) => largestGap(packets));
  await Promise.all(clients.map((client) => client.close()));
  await server.stop();
  return gaps;
}

function largestGap(packets: readonly ReceivedPacket[]): number {
  return packets.reduce((most, { at }, n) => {
    const before = packets[n - 1];
    return before === undefined ? most : Math.max(most, at - before.at - FRAME_MS);
  }, 0);
}
