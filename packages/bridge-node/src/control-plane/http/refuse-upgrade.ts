import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers a connection that asked to become something else with an HTTP response, and ends it. Never throws. */
export async function refuseUpgrade(socket: Duplex, response: Response): Promise<void> {
  // The client may be gone already; there is nobody to tell.
  socket.on('error', () => socket.destroy());
  const body = Buffer.from(await response.arrayBuffer());
  const head = [`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}`];
  for (const [name, value] of response.headers) head.push(`${name}: ${value}`);
  head.push(`content-length: ${body.length}`, 'connection: close', '', '');
  socket.end(Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]), () => socket.destroy());
}
