import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import { type Certificate, createCertificate, loadOpusCodec } from '@voice-bridge/media-node';
import type { CallEngines } from './call/call-engines.ts';
import { CallDirectory, type CallLimits } from './call-directory.ts';
import type { AssistantTool } from './engines/assistant/assistant-engine.ts';
import { admitWebSocket } from './http/admit-web-socket.ts';
import { createApp } from './http/app.ts';
import { ClientSecrets } from './http/client-secrets.ts';
import { serveWebSockets } from './http/web-sockets.ts';

/** How a server is set, engines excepted. */
export interface ServerSettings extends CallLimits {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Serves `https:` and `wss:` with this certificate, or with one made for the occasion; default: plain `http:` and `ws:`. */
  readonly tls?: 'generated' | Certificate;
}

const CERTIFICATE_DAYS = 365;

/** A running server. */
export interface RunningServer {
  /** Base URL for `OPENAI_BASE_URL`; ends in `/v1`. */
  readonly url: string;
  readonly port: number;
  /** The certificate that clients have to trust, as PEM; undefined without TLS. */
  readonly certPem?: string | undefined;
  /** Calls that are open now. */
  readonly callCount: number;
  /** What one can say, as people say it, given these tools; default: those of the open calls. */
  hints(tools?: readonly AssistantTool[]): readonly string[];
  /** Ends every call and frees the port. Idempotent. */
  close(): Promise<void>;
}

/** Serves the engines over the OpenAI Realtime protocol. Rejects when the port is taken. */
export async function startServer(engines: CallEngines, settings: ServerSettings): Promise<RunningServer> {
  const codec = await loadOpusCodec();
  const directory = new CallDirectory(engines, codec, settings);
  const secrets = new ClientSecrets();
  const host = settings.host ?? '127.0.0.1';
  const listener = getRequestListener(createApp(directory, secrets).fetch);
  const certificate = settings.tls === 'generated' ? generate(host) : settings.tls;
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificate.certPem, key: certificate.keyPem }, listener);
  const endWebSockets = serveWebSockets(server, (wanted) => admitWebSocket(wanted, directory, secrets));
  const port = await listen(server, host, settings.port ?? 0);
  let closing: Promise<void> | undefined;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${urlHost(host)}:${port}/v1`,
    port,
    certPem: certificate?.certPem,
    get callCount() {
      return directory.size;
    },
    hints: (tools) => directory.hints(tools),
    close() {
      closing ??= directory.closeAll().then(() => {
        endWebSockets();
        return closeServer(server);
      });
      return closing;
    },
  };
}

function generate(host: string): Certificate {
  const hosts = [...new Set(['localhost', '127.0.0.1', host])].filter((each) => !each.includes(':'));
  return createCertificate(Date.now(), { hosts, days: CERTIFICATE_DAYS });
}

function listen(server: Server | TlsServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
