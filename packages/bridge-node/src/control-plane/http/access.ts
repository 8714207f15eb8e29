import { type Logger, VoiceBridgeError } from '@voice-bridge/core';
import type { Pairings } from '../pairing/pairings.ts';
import { ANONYMOUS, type AuthorizeOption, type Caller, type Identity } from './identity.ts';
import { type Bind, isLoopbackBind, judgeOrigin } from './origin-policy.ts';

/** Who may connect to one bridge. */
export interface AccessOptions {
  readonly authorize: AuthorizeOption;
  readonly production: boolean;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[] | undefined;
  readonly logger: Logger;
  /** Knows the phones that were paired. */
  readonly phones?: Pick<Pairings, 'identify'> | undefined;
}

/** Judges where requests come from and who makes them. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Throws `authorize_required` when a server bound like this must not start: nobody said who may connect. */
  checkBind(bind: Bind | undefined): void {
    const { authorize, production } = this.#options;
    if (authorize !== undefined || typeof bind === 'object' || (isLoopbackBind(bind) && !production)) return;
    const where = production ? 'In production' : 'Outside a loopback address';
    throw new VoiceBridgeError('authorize_required', `${where} the bridge must be told who may connect`, {
      hint: "give createVoiceBridge an 'authorize' function, or authorize: 'open' (CLI: --open) to let everybody in",
    });
  }

  /**
   * The origin that may read the answer. Throws `host_not_allowed` or `origin_not_allowed`, the latter also for what another page embeds
   * or links to (`Sec-Fetch-Site`, W3C Fetch Metadata section 2.3).
   */
  checkOrigin(request: Request, bind: Bind | undefined): string | undefined {
    const host = request.headers.get('host') ?? new URL(request.url).host;
    const origin = this.checkSource(host, request.headers.get('origin') ?? undefined, bind);
    const site = request.headers.get('sec-fetch-site');
    // What a page only embeds or links to comes without Origin: it must not so much as begin to listen.
    if (origin === undefined && (site === 'cross-site' || site === 'same-site')) throw foreignPage();
    return origin;
  }

  /** {@link checkOrigin} for the bare values of the `Host` and `Origin` headers. */
  checkSource(host: string, origin: string | undefined, bind: Bind | undefined): string | undefined {
    const { authorize, production, allowedOrigins, allowedHosts } = this.#options;
    const credentials = typeof authorize === 'function';
    const verdict = judgeOrigin(host, origin, { bind, production, credentials, allowedOrigins, allowedHosts });
    if (verdict.allowed) return verdict.corsOrigin;
    throw verdict.code === 'host_not_allowed'
      ? new VoiceBridgeError(verdict.code, 'The bridge does not answer to this Host')
      : foreignPage();
  }

  /** Who makes the request: a phone with its credential, or whoever `authorize` says. Rejects with `unauthorized` or `authorize_required`. */
  async identify(request: Request, bind: Bind | undefined): Promise<Caller> {
    this.checkBind(bind);
    const { authorize, phones, logger } = this.#options;
    const phone = phones?.identify(request);
    if (phone !== undefined) return phone;
    if (typeof authorize !== 'function') return owner(request, bind);
    let identity: Identity | null | undefined | false;
    try {
      identity = await authorize(request);
    } catch {
      // What it threw may quote the token.
      logger.warn({}, 'authorize threw; the request is refused');
    }
    if (!identity) throw new VoiceBridgeError('unauthorized', 'Who you are could not be established');
    if (!isIdentity(identity)) throw new TypeError('authorize must give { subject, conversations } or nothing');
    const { subject, conversations, scopes } = identity;
    return scopes === undefined ? { subject, conversations } : { subject, conversations, scopes };
  }
}

function foreignPage(): VoiceBridgeError {
  return new VoiceBridgeError('origin_not_allowed', 'Pages of this origin may not talk to the bridge');
}

/** On local networks nobody but the owner, whatever `authorize` says; on this machine everybody is. */
function owner(request: Request, bind: Bind | undefined): Identity {
  if (typeof bind !== 'object' || bind.isOwner(request)) return ANONYMOUS;
  throw new VoiceBridgeError('unauthorized', 'Who you are could not be established', {
    hint: 'open the URL that the server printed when it started; the token in it is good until the server stops',
  });
}

function isIdentity({ subject, conversations }: Identity): boolean {
  return typeof subject === 'string' && (conversations === 'any' || Array.isArray(conversations));
}
