/** A thread that sends so many datagrams when it is told to, and tells when all are back: its heap is its own. */
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';

const { port, packets, bytes }: { port: number; packets: number; bytes: number } = workerData;
const socket = createSocket('udp4');
const datagram = Buffer.alloc(bytes, 1);
let back = 0;

socket.on('message', () => {
  if (++back % packets === 0) parentPort?.postMessage('back');
});
parentPort?.on('message', () => {
  for (let n = 0; n < packets; n++) socket.send(datagram, port, '127.0.0.1');
});
