import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { VoiceBridgeError } from '@voice-bridge/core';
import type { VoiceBridge } from '../voice-bridge-interface.ts';
import { errorResponse } from './error-response.ts';
import { isLoopbackName } from './origin-policy.ts';
import { holdYoungGeneration } from './young-generation.ts';

/** Where to listen, and what else to answer there. */
export interface ListenOptions {
  /** Address or name to bind; default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 3000; 0 takes any free one. */
  readonly port?: number | undefined;
  /** Answers what is not the bridge's, such as the page on the same origin. */
  readonly fallback?: ((request: Request) => Response | Promise<Response>) | undefined;
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /**
   * Keeps V8's young generation at the size it has when we begin to listen: no pauses of 10 ms and more every few seconds,
   * and less memory per session. Default true; a process started with `--max-semi-space-size` keeps its own size.
   */
  readonly smallYoungGeneration?: boolean | undefined;
}

/** How long a client may take, in ms; what takes longer is answered with 408 and its connection ends. */
export interface HttpTimeouts {
  /** From a connection, or the end of the request before, to the end of the headers; default 10,000. */
  readonly headersMs: number;
  /** To the end of the body; default 20,000. */
  readonly requestMs: number;
  /** Without a next request; default 5,000. */
  readonly keepAliveMs: number;
  /** Without a byte either way; default 150,000, longer than a model may take to answer. */
  readonly idleMs: number;
  /** How often the first two are looked at; default 1,000. */
  readonly checkMs: number;
}

/** A server that listens. */
export interface ListeningServer {
  /** Such as `http://localhost:3000`. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets running requests and WebSockets end for up to 2 s, then cuts them. Does not close the bridge. Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 3_000;
const DEFAULT_TIMEOUTS: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 5_000,
  idleMs: 150_000,
  checkMs: 1_000,
};
const MAX_HEADER_BYTES = 16_384;
const MAX_HEADERS = 100;
const MAX_CONNECTIONS = 2_000;
const CLOSE_GRACE_MS = 2_000;

/**
 * Serves a bridge over HTTP. Rejects with `authorize_required` when nobody said who may connect and the address is not a
 * loopback one, or `NODE_ENV` is `production`; with node's own error (`EADDRINUSE`) when the port is taken.
 */
export async function listen(bridge: VoiceBridge, options: ListenOptions = {}): Promise<ListeningServer> {
  const { host = '127.0.0.1', port = DEFAULT_PORT, fallback, smallYoungGeneration = true } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const doors = bridge.boundTo(isLoopbackName(host) ? 'loopback' : 'public');
  const answer = (request: Request): Response | Promise<Response> =>
    fallback === undefined || isBridgePath(bridge.basePath, request) ? doors.fetch(request) : fallback(request);
  const server = createServer(
    {
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.keepAliveMs,
      connectionsCheckingInterval: timeouts.checkMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    getRequestListener(answer, { overrideGlobalObjects: false, errorHandler: badRequest }),
  );
  server.timeout = timeouts.idleMs;
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  // Once we are closing, a connection whose request has ended is not to wait for another one.
  server.on('request', (_request, response) => {
    response.once('close', () => server.listening || server.closeIdleConnections());
  });
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    doors.handleUpgrade(request, socket, head);
  });
  await bind(server, host, port);
  if (smallYoungGeneration) holdYoungGeneration();
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${nameFor(host)}:${bound}`,
    port: bound,
    close() {
      closed ??= closeServer(server, upgraded);
      return closed;
    },
  };
}

function isBridgePath(basePath: string, request: Request): boolean {
  const { pathname } = new URL(request.url);
  return pathname === `${basePath}/health` || pathname.startsWith(`${basePath}/api/`);
}

/** What the adapter could not turn into a request: a bad Host, a bad target. Or a fallback that threw. */
function badRequest(error: unknown): Response {
  const isRequest = error instanceof Error && error.name === 'RequestError';
  const known = new VoiceBridgeError('invalid_request', 'This is not a valid HTTP request');
  return errorResponse(isRequest ? known : error, (text) => text);
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server, upgraded: ReadonlySet<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
      // What became a WebSocket is none of the server's connections any more.
      for (const stream of upgraded) stream.destroy();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** The name a browser on this machine reaches it by; `localhost` is what grants it a microphone without TLS. */
function nameFor(host: string): string {
  if (isLoopbackName(host) && !host.includes(':')) return host === '127.0.0.1' ? 'localhost' : host;
  if (host === '0.0.0.0' || host === '::' || host === '[::]') return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
