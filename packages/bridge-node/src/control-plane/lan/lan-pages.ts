import { VoiceBridgeError } from '@voice-bridge/core';
import { errorResponse } from '../http/error-response.ts';
import { judgeOrigin, type LanBind } from '../http/origin-policy.ts';
import { derOf, fingerprintOf } from './certificate-authority.ts';
import { LAN_PAGE_POLICY, lanPage } from './lan-page.ts';
import type { OwnerToken } from './owner-token.ts';
import type { PlainAnswer } from './plain-connections.ts';

/** What the pages of a local network are made of. */
export interface LanPagesOptions {
  /** Where phones reach the server, likeliest first. */
  readonly urls: () => readonly string[];
  /** The authority's certificate as PEM; never its key. Undefined when the server's certificate is the application's own. */
  readonly authorityPem: string | undefined;
  /** Undefined where the application says who may connect. */
  readonly token: OwnerToken | undefined;
  /** What requests over TLS are judged by. */
  readonly bind: LanBind;
  readonly startPath: string;
}

/** From where a request came. */
export type LanDoor = 'lan' | 'loopback';

const CERTIFICATE_PATH = '/lan/voice-bridge.crt';
/** A token has 32 characters; nobody sends a longer one by mistake. */
const MAX_TOKEN_BYTES = 256;
/** Only our own hosts and origins. */
const NOTHING_ELSE = { production: false, credentials: false, allowedOrigins: [], allowedHosts: undefined };
const BARE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** What a server answers under `/lan` without asking who it is: the first page, the authority's certificate, and the exchange of the token. */
export class LanPages {
  readonly #options: LanPagesOptions;
  readonly #fingerprint: string | undefined;

  constructor(options: LanPagesOptions) {
    this.#options = options;
    this.#fingerprint = options.authorityPem === undefined ? undefined : fingerprintOf(options.authorityPem);
  }

  /** The SHA-256 of the authority's certificate. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /** Undefined for what does not lie under `/lan`. A Host that is not ours is refused, and so is what other pages ask for. */
  answer(request: Request, door: LanDoor): Response | Promise<Response> | undefined {
    const { pathname, origin } = new URL(request.url);
    const file = this.#file(pathname, door === 'lan' ? origin.replace(/^http:/, 'https:') : this.#url());
    const isExchange = pathname === '/lan/owner' && door === 'lan';
    if (file === undefined && !isExchange && pathname !== '/lan/info') return undefined;
    const refusal = this.#refusalOf(request, door, file !== undefined);
    if (refusal !== undefined) return errorResponse(refusal, (text) => text, BARE);
    if (file !== undefined) return new Response(file.body, { headers: file.headers });
    return isExchange ? this.#letIn(request) : this.#tell(request, door);
  }

  /** What is given over plain HTTP: the page and the certificate; everything else is sent on to HTTPS, to a host of ours. */
  answerPlain(path: string, host: string): PlainAnswer {
    const known = this.#options.urls().find((url) => new URL(url).host === host.toLowerCase());
    const secureUrl = known ?? this.#url();
    const file = this.#file(path.split('?', 1)[0] ?? path, secureUrl);
    if (file !== undefined) return { status: 200, ...file };
    const location = { location: secureUrl + path, 'cache-control': 'no-store' };
    return { status: 308, headers: location, body: new Uint8Array() };
  }

  #file(pathname: string, secureUrl: string) {
    const { authorityPem, startPath } = this.#options;
    if (pathname === '/lan' || pathname === '/lan/') {
      const certificatePath = authorityPem === undefined ? undefined : CERTIFICATE_PATH;
      const html = lanPage({ certificatePath, fingerprint: this.#fingerprint, secureUrl, startPath });
      const headers = {
        ...BARE,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': LAN_PAGE_POLICY,
      };
      return { headers, body: Buffer.from(html) };
    }
    if (pathname !== CERTIFICATE_PATH || authorityPem === undefined) return undefined;
    return {
      headers: { ...BARE, 'content-type': 'application/x-x509-ca-cert' },
      body: Buffer.from(derOf(authorityPem)),
    };
  }

  /** Whoever asks by a name of theirs that leads here (DNS rebinding) is told nothing, nor is a page of another site. */
  #refusalOf(request: Request, door: LanDoor, isFile: boolean): VoiceBridgeError | undefined {
    const bind = door === 'lan' ? this.#options.bind : 'beside_lan';
    const host = request.headers.get('host') ?? new URL(request.url).host;
    // Links of other pages, and a camera's, lead to the page and the certificate.
    const origin = isFile ? undefined : (request.headers.get('origin') ?? undefined);
    const site = isFile ? null : request.headers.get('sec-fetch-site');
    const verdict = judgeOrigin(host, origin, { ...NOTHING_ELSE, bind });
    if (!verdict.allowed) return notForOthers(verdict.code);
    return site === 'cross-site' || site === 'same-site' ? notForOthers('origin_not_allowed') : undefined;
  }

  #tell(request: Request, door: LanDoor): Response {
    const { urls, token } = this.#options;
    const owner = door === 'loopback' || token === undefined || token.isShownBy(request);
    const certificate = this.#fingerprint === undefined ? null : { path: CERTIFICATE_PATH, sha256: this.#fingerprint };
    return Response.json({ urls: urls(), owner, certificate }, { headers: BARE });
  }

  #url(): string {
    return this.#options.urls()[0] ?? 'https://localhost';
  }

  async #letIn(request: Request): Promise<Response> {
    const { token } = this.#options;
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { ...BARE, allow: 'POST' } });
    const length = Number(request.headers.get('content-length') ?? Number.NaN);
    if (!(length <= MAX_TOKEN_BYTES)) return new Response(null, { status: 413, headers: BARE });
    const shown = (await request.text()).trim();
    if (token === undefined || !token.matches(shown)) return new Response(null, { status: 401, headers: BARE });
    return new Response(null, { status: 204, headers: { ...BARE, 'set-cookie': token.cookie() } });
  }
}

function notForOthers(code: 'host_not_allowed' | 'origin_not_allowed'): VoiceBridgeError {
  const hint = 'open the address that the server printed when it started';
  return new VoiceBridgeError(code, 'This is not for other hosts and their pages', { hint });
}
