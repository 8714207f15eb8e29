import { hostname, networkInterfaces } from 'node:os';
import type { Clock } from '@voice-bridge/core';
import type { BridgeServerOptions, HttpTimeouts } from '../http/bridge-server.ts';
import type { VoiceBridge } from '../voice-bridge-interface.ts';
import type { CertificatePair } from './certificate-authority.ts';
import { LanCertificates } from './lan-certificates.ts';
import { type LanDoor, LanPages } from './lan-pages.ts';
import { LanServers } from './lan-servers.ts';
import { type Interfaces, isLanAddress, isLanName, lanAddresses, urlHost } from './local-networks.ts';
import { OwnerToken } from './owner-token.ts';

/** How a server is reached from local networks. */
export interface LanOptions {
  /** Addresses to listen on; default: the machine's private ones, followed as they come and go. */
  readonly addresses?: readonly string[] | undefined;
  /** Names it answers to besides the addresses, such as `studio.local`; they lead the URLs. Default: none. */
  readonly names?: readonly string[] | undefined;
  /** A certificate that browsers trust, with its key, and `names` it is for; default: one of this machine's own authority. */
  readonly certificate?: CertificatePair | undefined;
  /** Where the authority and its certificates are kept; default: `voice-bridge/lan` among the user's caches. */
  readonly cacheFolder?: string | undefined;
  /** The owner's token, at least 32 characters of `A-Z a-z 0-9 _ -`; default: a new one each time. */
  readonly token?: string | undefined;
  /** Where a browser goes on to once the owner is let in; default `/`. */
  readonly startPath?: string | undefined;
}

/** How local networks reach a server; what it says is of now. */
export interface LanAccess {
  /** Such as `https://192.168.1.5:3000`, likeliest first; empty while the machine is in no network. */
  readonly urls: readonly string[];
  /** The URL that lets its visitor in as the owner, for a code to scan; the token is its fragment, which no server is ever sent. */
  readonly invitation: string | undefined;
  /** The page that offers the authority's certificate, over plain HTTP, for who is not to see a warning. */
  readonly certificatePage: string | undefined;
  /** SHA-256 of the authority's certificate, to be compared before it is installed; undefined with a certificate of yours. */
  readonly fingerprint: string | undefined;
  /** Whether the authority that was kept here was good no more, and was made anew: who installed that one has to install this one. */
  readonly isAuthorityNew: boolean;
  /** Calls when the URLs have changed; gives the way to stop it. */
  subscribe(listener: () => void): () => void;
}

/** What a local network is served with. */
export interface LanPorts {
  readonly bridge: VoiceBridge;
  readonly port: number;
  /** Answers what is neither the bridge's nor under `/lan`. */
  readonly fallback: ((request: Request) => Response | Promise<Response>) | undefined;
  readonly timeouts: Partial<HttpTimeouts> | undefined;
  readonly isBridgePath: (request: Request) => boolean;
  readonly clock: Clock;
  /** The machine's interfaces; default: node's. */
  readonly interfaces?: (() => Interfaces) | undefined;
}

/** A server's side in local networks. */
export interface OpenLan {
  readonly access: LanAccess;
  /** Undefined for what does not lie under `/lan`. */
  answer(request: Request, door: LanDoor): Response | Promise<Response> | undefined;
  /** As `ListeningServer.close`. */
  close(): Promise<void>;
}

/**
 * Serves a bridge over HTTPS on each of the machine's addresses in local networks, and follows them. Rejects with `TypeError` for options
 * of the wrong shape and with node's own error when the port is taken.
 */
export async function openLan(ports: LanPorts, options: LanOptions): Promise<OpenLan> {
  check(options);
  const { bridge, port, fallback, timeouts, isBridgePath, clock, interfaces = networkInterfaces } = ports;
  const { names = [], startPath = '/', certificate, cacheFolder } = options;
  const token = bridge.authorizes ? undefined : new OwnerToken(port, options.token);
  const certificates = await LanCertificates.open({ certificate, cacheFolder, label: hostname() });
  const urls = (): string[] =>
    servers.addresses.length === 0 ? [] : [...names, ...servers.addresses].map((host) => originOf(host, port));
  const bind = { origins: urls, isOwner: (request: Request) => token?.isShownBy(request) ?? false };
  const pages = new LanPages({ urls, token, bind, startPath, authorityPem: certificates.authorityPem });
  const doors = bridge.boundTo(bind);
  const elsewhere = fallback ?? doors.fetch;
  const server: BridgeServerOptions = {
    answer: (request, address) =>
      isBridgePath(request) ? doors.fetch(request, address) : (pages.answer(request, 'lan') ?? elsewhere(request)),
    handleUpgrade: doors.handleUpgrade,
    timeouts,
  };
  const servers = new LanServers({
    server,
    answerPlain: (path, host) => pages.answerPlain(path, host),
    certificates,
    port,
    names,
    wanted: () => options.addresses ?? lanAddresses(interfaces()),
    clock,
  });
  const close = () => servers.close();
  try {
    await servers.start();
  } catch (error) {
    await close();
    throw error;
  }
  const access: LanAccess = {
    get urls() {
      return urls();
    },
    get invitation() {
      const [url] = urls();
      if (url === undefined) return undefined;
      return token === undefined ? url + startPath : `${url}/lan#${token.value}`;
    },
    get certificatePage() {
      const [url] = urls();
      return certificate !== undefined || url === undefined ? undefined : `${url.replace(/^https:/, 'http:')}/lan`;
    },
    fingerprint: pages.fingerprint,
    isAuthorityNew: certificates.isAuthorityNew,
    subscribe: (listener) => servers.subscribe(listener),
  };
  return { access, answer: (request, door) => pages.answer(request, door), close };
}

function originOf(host: string, port: number): string {
  return new URL(`https://${urlHost(host)}:${port}`).origin;
}

function check({ addresses = [], names = [], certificate, token, startPath = '/' }: LanOptions): void {
  const foreign =
    certificate === undefined
      ? [...addresses.filter((each) => !isLanAddress(each)), ...names.filter((each) => !isLanName(each))]
      : [];
  if (foreign.length > 0) {
    throw new TypeError(
      `lan: ${foreign.join(', ')} is not of a local network; give lan.certificate, one that browsers trust`,
    );
  }
  if (certificate !== undefined && names.length === 0) {
    throw new TypeError('lan: lan.names must say for which names lan.certificate is');
  }
  if (token !== undefined && !/^[\w-]{32,200}$/.test(token)) {
    throw new TypeError('lan: lan.token needs at least 32 characters of A-Z a-z 0-9 _ -');
  }
  if (!/^\/(?!\/)/.test(startPath)) throw new TypeError('lan: lan.startPath is a path such as /');
}
