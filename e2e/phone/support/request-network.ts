import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { cleanup } from '../../support/open-things.ts';

/** A network as some companies have it: requests pass, WebSockets do not. */
export interface RequestNetwork {
  readonly url: string;
  /** WebSockets to the signaling that were refused. */
  readonly refused: number;
  /** Messages that went to the signaling as requests. */
  readonly posted: number;
}

const SIGNALING = '/api/realtime/webrtc-signal/';

/** Starts one in front of a bridge; it ends with the test. */
export async function startRequestNetwork(bridgeUrl: string): Promise<RequestNetwork> {
  const target = Number(new URL(bridgeUrl).port);
  let [refused, posted] = [0, 0];
  const server = createServer((incoming, answer) => {
    if (incoming.method === 'POST' && incoming.url?.startsWith(SIGNALING) === true) posted++;
    pass(incoming, answer, target);
  });
  server.on('upgrade', ({ url }, stream) => {
    if (url?.startsWith(SIGNALING) === true) refused++;
    stream.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://localhost:${port}`,
    get refused() {
      return refused;
    },
    get posted() {
      return posted;
    },
  };
}

function pass(incoming: IncomingMessage, answer: ServerResponse, port: number): void {
  const { method, url, headers } = incoming;
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    // An event stream begins before it has anything to say.
    answer.flushHeaders();
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  answer.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
