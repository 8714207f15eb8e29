/** The floor: Node's UDP sockets and nothing else. What comes to one leg goes out of the other as it is. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { obeyOrders } from './orders.ts';

interface Leg {
  readonly socket: Socket;
  readonly remotePort: number;
}

const legs: Leg[] = [];

obeyOrders({
  async plain(leg, remotePort) {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    legs[leg] = { socket, remotePort };
    socket.on('message', (message) => {
      const other = legs[leg ^ 1];
      other?.socket.send(message, other.remotePort, '127.0.0.1');
    });
    return socket.address().port;
  },
});
