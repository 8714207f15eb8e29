import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { VoiceBridgeError } from '@voice-bridge/core';
import { answerPlainConnections, type PlainAnswer } from '../lan/plain-connections.ts';
import { errorResponse } from './error-response.ts';

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

/** What a server does with what reaches it. */
export interface BridgeServerOptions {
  /** With the address of the client, or the proxy before it. */
  readonly answer: (request: Request, address: string | undefined) => Response | Promise<Response>;
  readonly handleUpgrade: (request: IncomingMessage, socket: Duplex, head: Uint8Array) => void;
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
}

/** A server that may be bound. */
export interface BridgeServer {
  /** Resolves with the port. Rejects with node's own error, such as `EADDRINUSE`. */
  bind(host: string, port: number): Promise<number>;
  /** Takes no more connections, lets running requests and WebSockets end for up to 2 s, then cuts them. Idempotent. */
  close(): Promise<void>;
}

/** A certificate and its key, as PEM. */
export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a server of HTTPS does besides. */
export interface TlsBridgeServerOptions extends BridgeServerOptions {
  readonly certificate: TlsCertificate;
  readonly answerPlain: (path: string, host: string) => PlainAnswer;
}

/** A {@link BridgeServer} of HTTPS. */
export interface TlsBridgeServer extends BridgeServer {
  /** New connections see this certificate. */
  certify(certificate: TlsCertificate): void;
}

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

/** A server of plain HTTP. */
export function createBridgeServer(options: BridgeServerOptions): BridgeServer {
  return serveWith(createServer(limitsOf(options), listenerOf(options)), options);
}

/** A server of HTTPS, which answers plain HTTP with `answerPlain`. */
export function createTlsBridgeServer(options: TlsBridgeServerOptions): TlsBridgeServer {
  const { certificate, answerPlain } = options;
  const tls = { ...certificate, ALPNProtocols: ['http/1.1'], handshakeTimeout: DEFAULT_TIMEOUTS.headersMs };
  const server = createTlsServer({ ...tls, ...limitsOf(options) }, listenerOf(options));
  answerPlainConnections(server, answerPlain);
  return { ...serveWith(server, options), certify: (next) => server.setSecureContext(next) };
}

function limitsOf(options: BridgeServerOptions) {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  return {
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    connectionsCheckingInterval: timeouts.checkMs,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
}

function listenerOf({ answer }: BridgeServerOptions) {
  return getRequestListener((request, env) => answer(request, addressOf(env)), {
    overrideGlobalObjects: false,
    errorHandler: badRequest,
  });
}

function serveWith(server: Server | TlsServer, { handleUpgrade, timeouts }: BridgeServerOptions): BridgeServer {
  server.timeout = timeouts?.idleMs ?? DEFAULT_TIMEOUTS.idleMs;
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  // Once we are closing, a connection whose request has ended is not to wait for another one.
  server.on('request', (_request, response) => {
    response.once('close', () => server.listening || server.closeIdleConnections());
  });
  // The server forgets what became a WebSocket, and does not know yet what has not said a word.
  const connections = new Set<Duplex>();
  server.on('connection', (connection: Duplex) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  server.on('upgrade', handleUpgrade);
  let closed: Promise<void> | undefined;
  return {
    async bind(host, port) {
      await bind(server, host, port);
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    },
    close() {
      closed ??= closeServer(server, connections);
      return closed;
    },
  };
}

function addressOf({ incoming }: HttpBindings | Http2Bindings): string | undefined {
  return incoming.socket.remoteAddress;
}

/** What the adapter could not turn into a request: a bad Host, a bad target. Or a fallback that threw. */
function badRequest(error: unknown): Response {
  const isRequest = error instanceof Error && error.name === 'RequestError';
  const known = new VoiceBridgeError('invalid_request', 'This is not a valid HTTP request');
  return errorResponse(isRequest ? known : error, (text) => text);
}

function bind(server: Server | TlsServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server | TlsServer, connections: ReadonlySet<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
