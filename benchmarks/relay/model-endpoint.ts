import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Takes one call: the offer of whoever dials; gives the answer. */
export type TakeCall = (offer: string) => Promise<string>;

/** A speech model's HTTP side on loopback: `POST /v1/realtime/calls`, and hang-ups that change nothing. */
export class ModelEndpoint {
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/v1`;
  }

  /** Listens on a free port. */
  static start(takeCall: TakeCall): Promise<ModelEndpoint> {
    const server = createServer((request, response) => {
      answer(takeCall, request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(new ModelEndpoint(server, typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
  }

  /** Ends every connection. */
  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function answer(takeCall: TakeCall, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  if (request.url !== '/v1/realtime/calls') {
    response.writeHead(200).end();
    return;
  }
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  const form = await new Response(Buffer.concat(parts), { headers }).formData();
  const sdp = await takeCall(String(form.get('sdp')));
  response.writeHead(201, { 'content-type': 'application/sdp', location: '/v1/realtime/calls/rtc_bench' }).end(sdp);
}
