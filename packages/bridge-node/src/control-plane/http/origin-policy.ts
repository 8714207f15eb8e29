import { type ErrorCode, type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';

/**
 * Where the server that took a request listens: this machine only, this machine beside a server for local networks (where phones
 * have their own way in), elsewhere, local networks over TLS, or (undefined) not known.
 */
export type Bind = 'loopback' | 'beside_lan' | 'public' | LanBind;

/** A server that local networks reach over TLS, and that knows its owner by a token. */
export interface LanBind {
  /** The origins it is reached under at present, such as `https://192.168.1.5:3000`; no others are its own. */
  origins(): readonly string[];
  /** Whether the request carries the owner's token; asked where the application has no `authorize`. */
  isOwner(request: Request): boolean;
}

/** What the Host and Origin checks go by. */
export interface OriginPolicy {
  readonly bind: Bind | undefined;
  /** Whether nobody develops here: pages of this machine and of the private network are foreign then, too. */
  readonly production: boolean;
  /** Whether requests carry credentials of their own, so that a Host rebound to us gains nothing. */
  readonly credentials: boolean;
  /** Origins besides our own, such as `https://app.example`. */
  readonly allowedOrigins: readonly string[];
  /** Host names, with or without port, this server answers to; undefined: not said. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** The origin that may read the answer, or why the request is refused. */
export type OriginVerdict =
  | { readonly allowed: true; readonly corsOrigin: string | undefined }
  | { readonly allowed: false; readonly code: Extract<ErrorCode, 'host_not_allowed' | 'origin_not_allowed'> };

/**
 * Judges the `Host` and `Origin` of a request (DNS rebinding and cross-site requests).
 * On a loopback bind: loopback hosts; while developing any loopback origin and, unless beside a server for local networks, those of private
 * addresses (RFC 1918, RFC 4193, link-local), where development servers show their pages to phones. Otherwise: the own origin and `allowedOrigins`;
 * without credentials and `allowedHosts` only hosts that cannot be rebound (addresses, and hosts of `allowedOrigins`).
 * On local networks: the server's own origins over TLS, and what is listed.
 */
export function judgeOrigin(host: string, origin: string | undefined, policy: OriginPolicy): OriginVerdict {
  const own = parseHost(host);
  if (!own.ok || !hostAllowed(own.value, policy)) return { allowed: false, code: 'host_not_allowed' };
  if (origin === undefined) return { allowed: true, corsOrigin: undefined };
  const asking = parseOrigin(origin);
  if (!asking.ok) return { allowed: false, code: 'origin_not_allowed' };
  const sameHost = isOwnOrigin(asking.value, host, policy.bind);
  const localPage =
    isLoopbackBind(policy.bind) && !policy.production && isLocalPage(asking.value.hostname, policy.bind);
  const named = policy.allowedOrigins.some((each) => parseOriginText(each) === asking.value.origin);
  return sameHost || localPage || named
    ? { allowed: true, corsOrigin: asking.value.origin }
    : { allowed: false, code: 'origin_not_allowed' };
}

function isOwnOrigin(asking: URL, host: string, bind: Bind | undefined): boolean {
  if (typeof bind === 'object') return bind.origins().includes(asking.origin);
  return new URL(`${asking.protocol}//${host}`).host === asking.host;
}

/** True for `localhost`, `127.0.0.0/8` and `::1`, as a host name or as an address to bind. */
export function isLoopbackName(name: string): boolean {
  const plain = name.toLowerCase().replace(/^\[|\]$/g, '');
  return plain === 'localhost' || plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain);
}

/** True for a server that this machine alone reaches. */
export function isLoopbackBind(bind: Bind | undefined): boolean {
  return bind === 'loopback' || bind === 'beside_lan';
}

function isLocalPage(hostname: string, bind: Bind | undefined): boolean {
  return isLoopbackName(hostname) || (bind === 'loopback' && isPrivateAddress(hostname));
}

/** `hostname` as URL writes it: IPv4 in decimal, IPv6 in brackets and lower case. */
function isPrivateAddress(hostname: string): boolean {
  if (hostname.startsWith('[')) return /^\[f[cd][0-9a-f]{2}:|^\[fe[89ab][0-9a-f]:/.test(hostname);
  if (!isAddress(hostname)) return false;
  return /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(hostname);
}

function hostAllowed(own: URL, policy: OriginPolicy): boolean {
  const { allowedHosts, allowedOrigins, bind } = policy;
  const listed = (allowedHosts ?? []).some((each) => sameHostName(each, own));
  if (listed || allowedOrigins.some((each) => parseOriginHost(each) === own.host)) return true;
  if (typeof bind === 'object') return bind.origins().some((each) => parseOriginHost(each) === own.host);
  if (isLoopbackName(own.hostname)) return true;
  if (isLoopbackBind(bind) || allowedHosts !== undefined) return false;
  return policy.credentials || isAddress(own.hostname);
}

function sameHostName(allowed: string, own: URL): boolean {
  const name = allowed.toLowerCase();
  return name === own.host || name === own.hostname;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(hostname);
}

function parseHost(host: string): Parsed<URL> {
  if (!/^[A-Za-z0-9._:[\]-]+$/.test(host)) return parsedProblem('Not a host');
  return parseUrl(`http://${host}`);
}

function parseOrigin(origin: string): Parsed<URL> {
  const url = parseUrl(origin);
  if (!url.ok) return url;
  const plain = (url.value.protocol === 'http:' || url.value.protocol === 'https:') && url.value.origin === origin;
  return plain ? url : parsedProblem('Not an http origin');
}

function parseOriginText(text: string): string | undefined {
  const url = parseUrl(text);
  return url.ok ? url.value.origin : undefined;
}

function parseOriginHost(text: string): string | undefined {
  const url = parseUrl(text);
  return url.ok ? url.value.host : undefined;
}

function parseUrl(text: string): Parsed<URL> {
  return URL.canParse(text) ? parsedOk(new URL(text)) : parsedProblem('Not a URL');
}
