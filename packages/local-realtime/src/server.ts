import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { loadOpusCodec } from '@voice-bridge/media-node';
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
}

/** A running server. */
export interface RunningServer {
  /** Base URL for `OPENAI_BASE_URL`; ends in `/v1`. */
  readonly url: string;
  readonly port: number;
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
  const server = createServer(getRequestListener(createApp(directory, secrets).fetch));
  const endWebSockets = serveWebSockets(server, (wanted) => admitWebSocket(wanted, directory, secrets));
  const host = settings.host ?? '127.0.0.1';
  const port = await listen(server, host, settings.port ?? 0);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${urlHost(host)}:${port}/v1`,
    port,
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

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
