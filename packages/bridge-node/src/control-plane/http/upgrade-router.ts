import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Clock,
  type ErrorCode,
  isVoiceBridgeError,
  type Logger,
  SUBPROTOCOL,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { plain } from '../directory/session-errors.ts';
import type { SubjectCounts } from '../limits/subject-counts.ts';
import type { Redact } from '../redact.ts';
import type { Access } from './access.ts';
import { errorResponse } from './error-response.ts';
import type { Caller } from './identity.ts';
import { matchPath } from './match-path.ts';
import type { CloseCodeName, MessageConnection } from './message-connection.ts';
import type { Bind } from './origin-policy.ts';
import { type Asker, requireSame, watchCaller } from './reauthorize.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { isRetired, retired } from './retired-paths.ts';
import { requestOf, speaksAnotherProtocol } from './upgrade-request.ts';
import { type AcceptUpgrade, type ConnectionLimits, createAcceptUpgrade } from './web-socket-server.ts';

/** A WebSocket that is asked for, by somebody known. */
export interface UpgradeRequest extends Asker {
  /** The path's `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** An {@link UpgradeRequest} that was taken. */
export interface ConnectedRequest extends UpgradeRequest {
  /** Tells the client what is wrong and ends the connection with the close code for it. */
  readonly fail: (error: unknown) => void;
  /** Adds what has to hold, besides {@link UpgradeRoute.admit}, whenever the client's identity is asked for again; `check` throws why not. */
  readonly alsoAdmit: (check: (identity: Caller) => void) => void;
}

/** One WebSocket endpoint. */
export interface UpgradeRoute extends ConnectionLimits {
  /** Such as `/api/realtime/events/:conversation`, without the base path. */
  readonly path: string;
  /** Throws why this may not be; asked before {@link connect}, and every minute while connected. */
  admit(request: UpgradeRequest): void;
  /** Takes the connection over; {@link MessageConnection.receive} at once, or nothing is read. What it throws ends it as `fail` does. */
  connect(connection: MessageConnection, request: ConnectedRequest): void;
}

/** What an {@link UpgradeRouter} runs on. */
export interface UpgradeRouterOptions {
  readonly basePath: string;
  readonly access: Access;
  readonly clock: Clock;
  readonly redact: Redact;
  readonly logger: Logger;
  /** Connections at once, over all routes. */
  readonly maxConnections: number;
  /** What each subject holds, here and elsewhere. */
  readonly counts: SubjectCounts;
  readonly routes: readonly UpgradeRoute[];
}

/** How a connection ends for codes that have a close code of their own; everything else is `internal`. */
const CLOSES: Readonly<Partial<Record<ErrorCode, CloseCodeName>>> = {
  unauthorized: 'unauthorized',
  authorize_required: 'unauthorized',
  forbidden: 'forbidden',
  participant_removed: 'forbidden',
  not_found: 'not_found',
  invalid_request: 'invalid_message',
  invalid_message: 'invalid_message',
  invalid_offer: 'invalid_message',
  rate_limited: 'rate_limited',
  too_many_sessions: 'rate_limited',
  too_many_participants: 'rate_limited',
  session_replaced: 'replaced',
  conversation_taken: 'forbidden',
  session_closed: 'normal',
  shutting_down: 'going_away',
};

/**
 * The WebSockets of a bridge. Host, Origin and path are judged before the handshake (an HTTP error); who it is and what they may
 * after it, so that a page can read why: one `error` message, then the close code. The identity is asked for again every minute.
 */
export class UpgradeRouter {
  readonly #options: UpgradeRouterOptions;
  readonly #acceptors: ReadonlyMap<UpgradeRoute, AcceptUpgrade>;
  readonly #connections = new Set<MessageConnection>();
  #closed = false;

  constructor(options: UpgradeRouterOptions) {
    this.#options = options;
    this.#acceptors = new Map(
      options.routes.map((route) => [route, createAcceptUpgrade(route, SUBPROTOCOL, options.clock)]),
    );
  }

  /** Takes a connection that asked for an upgrade. Never throws. */
  handle(message: IncomingMessage, stream: Duplex, head: Uint8Array, bind: Bind | undefined): void {
    // The client may go while we find out who it is.
    stream.on('error', () => stream.destroy());
    this.#handle(message, stream, head, bind).catch((error: unknown) => {
      void refuseUpgrade(stream, errorResponse(error, this.#options.redact));
    });
  }

  /** Ends every connection with `going_away` and takes no more. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close('going_away', 'The server is shutting down');
  }

  async #handle(message: IncomingMessage, stream: Duplex, head: Uint8Array, bind: Bind | undefined): Promise<void> {
    const { access, basePath } = this.#options;
    access.checkSource(message.headers.host ?? '', message.headers.origin, bind);
    const request = requestOf(message);
    if (request === undefined) throw new VoiceBridgeError('invalid_request', 'This is not a valid HTTP request');
    const url = new URL(request.url);
    const path = url.pathname.startsWith(basePath) ? url.pathname.slice(basePath.length) : '';
    if (isRetired(path)) throw retired();
    const found = this.#find(path);
    if (found === undefined) throw new VoiceBridgeError('not_found', 'There is no WebSocket at this path');
    if (speaksAnotherProtocol(message)) {
      throw new VoiceBridgeError('protocol_mismatch', `The subprotocol here is ${SUBPROTOCOL}`);
    }
    const { route, accept, params } = found;
    const identify = async (): Promise<UpgradeRequest> => {
      const identity = await access.identify(request, bind);
      const again = () => access.identify(request, bind);
      const wanted = { identity, bind, again, params, query: url.searchParams };
      route.admit(wanted);
      return wanted;
    };
    const verdict = await identify().then(
      (wanted) => ({ wanted }),
      (error: unknown) => ({ error }),
    );
    accept(message, stream, head, (connection) => {
      if ('error' in verdict) this.#refuse(connection, verdict.error);
      else this.#connect(connection, route, verdict.wanted, identify);
    });
  }

  #find(path: string) {
    for (const [route, accept] of this.#acceptors) {
      const params = matchPath(route.path, path);
      if (params !== undefined) return { route, accept, params };
    }
    return undefined;
  }

  #connect(
    connection: MessageConnection,
    route: UpgradeRoute,
    wanted: UpgradeRequest,
    identify: () => Promise<UpgradeRequest>,
  ): void {
    const { maxConnections } = this.#options;
    if (this.#closed) {
      this.#refuse(connection, new VoiceBridgeError('shutting_down', 'The server is shutting down'));
      return;
    }
    if (this.#connections.size >= maxConnections) {
      this.#refuse(connection, new VoiceBridgeError('rate_limited', 'The server has as many connections as it may'));
      return;
    }
    try {
      connection.onClose(this.#options.counts.take(wanted.identity));
    } catch (error) {
      this.#refuse(connection, error);
      return;
    }
    this.#connections.add(connection);
    connection.onClose(() => this.#connections.delete(connection));
    const checks: ((identity: Caller) => void)[] = [];
    const recheck = async () => {
      const { identity } = await identify();
      for (const check of checks) check(identity);
      requireSame(wanted.identity, identity);
    };
    const refuse = (error: unknown) => this.#refuse(connection, error);
    connection.onClose(watchCaller(wanted.identity, this.#options.clock, recheck, refuse));
    try {
      route.connect(connection, {
        ...wanted,
        fail: (error) => this.#refuse(connection, error),
        alsoAdmit: (check) => checks.push(check),
      });
    } catch (error) {
      this.#refuse(connection, error);
    }
  }

  #refuse(connection: MessageConnection, error: unknown): void {
    const { logger, redact } = this.#options;
    if (!isVoiceBridgeError(error)) logger.error({ problem: redact(String(error)) }, 'a WebSocket failed');
    const { code, message } = isVoiceBridgeError(error)
      ? error
      : new VoiceBridgeError('internal', 'Something went wrong in the bridge');
    const said = plain(message, redact);
    connection.send(JSON.stringify({ type: 'error', code, message: said }));
    connection.close(CLOSES[code] ?? 'internal', said);
  }
}
