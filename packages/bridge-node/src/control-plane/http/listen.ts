import { systemClock } from '../../seam/system-clock.ts';
import { type LanAccess, type LanOptions, type OpenLan, openLan } from '../lan/open-lan.ts';
import type { VoiceBridge } from '../voice-bridge-interface.ts';
import { createBridgeServer, type HttpTimeouts } from './bridge-server.ts';
import { type Bind, isLoopbackName } from './origin-policy.ts';
import { holdYoungGeneration } from './young-generation.ts';

/** Where to listen, and what else to answer there. */
export interface ListenOptions {
  /** Address or name to bind; default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Default 3000; 0 takes any free one. */
  readonly port?: number | undefined;
  /**
   * Listens on the machine's addresses in local networks, too, at the same port over HTTPS, for phones: who comes from there needs
   * the owner's token of {@link LanAccess}, or what `authorize` wants. Needs a loopback `host`. Default false.
   */
  readonly lan?: boolean | LanOptions | undefined;
  /** Answers what is not the bridge's, such as the page on the same origin. */
  readonly fallback?: ((request: Request) => Response | Promise<Response>) | undefined;
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /**
   * Makes V8's young generation small and keeps it so, and collects all garbage once when we begin to listen: no pauses of
   * 10 ms and more every few seconds, and some tens of MB less memory. Default true; a process started with
   * `--max-semi-space-size` keeps its own size.
   */
  readonly smallYoungGeneration?: boolean | undefined;
}

/** A server that listens. */
export interface ListeningServer {
  /** Such as `http://localhost:3000`. */
  readonly url: string;
  readonly port: number;
  /** How local networks reach it; undefined without `lan`. */
  readonly lan?: LanAccess | undefined;
  /** Takes no more connections, lets running requests and WebSockets end for up to 2 s, then cuts them. Does not close the bridge. Idempotent. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 3_000;

/**
 * Serves a bridge over HTTP. Rejects with `authorize_required` when nobody said who may connect and the address is not a
 * loopback one, or `NODE_ENV` is `production`; with node's own error (`EADDRINUSE`) when the port is taken.
 */
export async function listen(bridge: VoiceBridge, options: ListenOptions = {}): Promise<ListeningServer> {
  const { host = '127.0.0.1', port = DEFAULT_PORT, fallback, timeouts, smallYoungGeneration = true } = options;
  const lanOptions = options.lan === true ? {} : options.lan || undefined;
  if (lanOptions !== undefined && !isLoopbackName(host)) {
    throw new TypeError(`lan: the host is this machine's own address, not ${host}; other addresses are lan.addresses`);
  }
  const doors = bridge.boundTo(bindOf(host, lanOptions !== undefined));
  const isBridgePath = bridgePaths(bridge.basePath);
  let lan: OpenLan | undefined;
  const elsewhere = fallback ?? doors.fetch;
  const server = createBridgeServer({
    answer: (request, address) =>
      isBridgePath(request) ? doors.fetch(request, address) : (lan?.answer(request, 'loopback') ?? elsewhere(request)),
    handleUpgrade: doors.handleUpgrade,
    timeouts,
  });
  const bound = await server.bind(host, port);
  if (lanOptions !== undefined) {
    const ports = { bridge, port: bound, fallback, timeouts, isBridgePath, clock: systemClock };
    lan = await openLan(ports, lanOptions).catch(async (error: unknown) => {
      await server.close();
      throw error;
    });
  }
  if (smallYoungGeneration) holdYoungGeneration();
  return {
    url: `http://${nameFor(host)}:${bound}`,
    port: bound,
    lan: lan?.access,
    async close() {
      await Promise.all([server.close(), lan?.close()]);
    },
  };
}

function bindOf(host: string, besideLan: boolean): Bind {
  if (!isLoopbackName(host)) return 'public';
  return besideLan ? 'beside_lan' : 'loopback';
}

function bridgePaths(basePath: string): (request: Request) => boolean {
  return (request) => {
    const { pathname } = new URL(request.url);
    return pathname === `${basePath}/health` || pathname.startsWith(`${basePath}/api/`);
  };
}

/** The name a browser on this machine reaches it by; `localhost` is what grants it a microphone without TLS. */
function nameFor(host: string): string {
  if (isLoopbackName(host) && !host.includes(':')) return host === '127.0.0.1' ? 'localhost' : host;
  if (host === '0.0.0.0' || host === '::' || host === '[::]') return 'localhost';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
