import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import type { Figure } from '../support/report.ts';
import { PACKET_BYTES } from './packets.ts';

const ROUNDS = 15;
const WARM_UP_ROUNDS = 5;
/** No more than a socket's buffer holds while nobody reads. */
const PACKETS = 100;
const ROUND_MS = 5_000;

/** What a forwarder of datagrams that does nothing else takes of the heap for each: the measure for what ours takes beside it. */
export async function bareForwarderFigure(): Promise<Figure> {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => socket.send(datagram, from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const workerData = { port: socket.address().port, packets: PACKETS, bytes: PACKET_BYTES };
  const sender = new Worker(new URL('./datagram-sender.ts', import.meta.url), { workerData });
  try {
    const values: number[] = [];
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      sender.postMessage('send');
      await once(sender, 'message', { signal: AbortSignal.timeout(ROUND_MS) });
      if (round >= 0) values.push((process.memoryUsage().heapUsed - before) / PACKETS);
    }
    return { name: 'bare forwarder of node:dgram: heap', unit: 'B', values, required: 'for information', kept: true };
  } finally {
    await sender.terminate();
    socket.close();
  }
}
