import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { decodeJson, parseValue } from '@voice-bridge/core';
import type * as z from 'zod/mini';

/** One request as it came. */
export interface RemoteRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A foreign HTTP server for tests. */
export interface RemoteTestServer {
  /** Base URL ending in `/v1`. */
  readonly url: string;
  readonly requests: RemoteRequest[];
  /** Resolves when a client has gone away before its answer ended. */
  whenAbandoned(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine that answers every request as the test wants. */
export async function startRemoteTestServer(
  answer: (request: RemoteRequest, response: ServerResponse) => unknown,
): Promise<RemoteTestServer> {
  const requests: RemoteRequest[] = [];
  let abandon: () => void = () => {};
  const abandoned = new Promise<void>((resolve) => {
    abandon = resolve;
  });
  const server = createServer((incoming, response) => {
    response.on('close', () => response.writableFinished || abandon());
    void readRequest(incoming).then(async (request) => {
      requests.push(request);
      await answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    whenAbandoned: () => abandoned,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Starts one that answers JSON of one shape, and anything else with 400 and what is wrong with it. */
export function startJsonTestServer<Body>(
  schema: z.ZodMiniType<Body>,
  answer: (body: Body, response: ServerResponse) => unknown,
): Promise<RemoteTestServer> {
  return startRemoteTestServer(({ body }, response) => {
    const decoded = decodeJson(body.toString(), 1_000_000);
    const parsed = decoded.ok ? parseValue(schema, decoded.value) : decoded;
    return parsed.ok ? answer(parsed.value, response) : response.writeHead(400).end(parsed.problem);
  });
}

async function readRequest(incoming: IncomingMessage): Promise<RemoteRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part));
  return {
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization,
    contentType: incoming.headers['content-type'] ?? '',
    body: Buffer.concat(parts),
  };
}
