import {
  type Clock,
  type ErrorCode,
  errorResponseSchema,
  isErrorCode,
  isVoiceBridgeError,
  type Parsed,
  parseJson,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { abortable, abortError, timeoutError } from '../abortable.ts';
import { replacedElsewhere } from './bridge-events.ts';

/** The part of `fetch` this package uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>;

/** Where and as whom a client asks. */
export interface BridgeHttpOptions {
  /** Origin and base path of the bridge; empty: the page's own origin. */
  readonly url: string;
  /** Gives the bearer token of the user, asked before every request. */
  readonly auth: (() => Promise<string> | string) | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** One request to a bridge. */
export interface BridgeHttpRequest {
  readonly method: string;
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Runs when the bridge is about to hear of it. */
  readonly onSend?: () => void;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Longest answer of a bridge that is read, in UTF-16 units. */
const MAX_ANSWER_LENGTH = 262_144;

/** Requests to a bridge. Every method rejects with a coded error, `bridge_unreachable` among them. */
export class BridgeHttp {
  readonly #options: BridgeHttpOptions;
  readonly #base: string;
  #token: string | null = null;

  constructor(options: BridgeHttpOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '');
  }

  /** The whole address of a path of the bridge. */
  address(path: string): string {
    return this.#base + path;
  }

  /** Asks for the user's token; null where there is none. Rejects with `unauthorized`. */
  async token(signal: AbortSignal): Promise<string | null> {
    const { auth } = this.#options;
    if (auth !== undefined) this.#token = await abortable(askForToken(auth), signal);
    return this.#token;
  }

  /** Asks with a fresh token, and gives the answer's text. */
  async ask(request: BridgeHttpRequest, signal: AbortSignal): Promise<string> {
    await this.token(signal);
    return this.send(request, signal);
  }

  /** Asks at once with the last known token, so that it also leaves a page that is closing; gives the answer's text. */
  async send(request: BridgeHttpRequest, signal: AbortSignal): Promise<string> {
    const { method, path, body, timeoutMs = REQUEST_TIMEOUT_MS, onSend } = request;
    if (signal.aborted) throw abortError(signal);
    const limited = limit(signal, this.#options.clock, timeoutMs);
    try {
      onSend?.();
      const response = await this.#options.fetch(this.#base + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        keepalive: method === 'DELETE',
        signal: limited.signal,
      });
      const text = await response.text();
      if (!response.ok) throw refusalOf(response.status, text);
      return text;
    } catch (error) {
      if (limited.signal.aborted) throw abortError(limited.signal);
      if (isVoiceBridgeError(error)) throw error;
      throw new VoiceBridgeError('bridge_unreachable', 'The bridge did not answer', {
        hint: 'Check the network, and that the server runs.',
        cause: error,
      });
    } finally {
      limited.stop();
    }
  }
}

/** Reads an answer against its schema. Throws `bridge_unreachable` when it is none. */
export function readAnswer<T>(schema: Parameters<typeof parseJson<T>>[0], text: string): T {
  const parsed: Parsed<T> = parseJson(schema, text, MAX_ANSWER_LENGTH);
  if (parsed.ok) return parsed.value;
  throw new VoiceBridgeError('bridge_unreachable', `What answered is not a bridge: ${parsed.problem}`, {
    hint: 'Check the url given to the client.',
    retryable: false,
  });
}

/** The error that a refusal of the bridge means. */
export function refusalOf(status: number, text: string): VoiceBridgeError {
  const parsed = parseJson(errorResponseSchema, text, MAX_ANSWER_LENGTH);
  if (parsed.ok && parsed.value.error.code === 'session_replaced') return replacedElsewhere();
  const { code, message, hint } = parsed.ok ? parsed.value.error : { code: '', message: '', hint: undefined };
  return new VoiceBridgeError(
    isErrorCode(code) ? code : codeOfStatus(status),
    message || `The bridge answered ${status}`,
    hint === undefined ? {} : { hint },
  );
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 413) return 'body_too_large';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'internal' : 'invalid_request';
}

async function askForToken(auth: () => Promise<string> | string): Promise<string> {
  try {
    return await auth();
  } catch (cause) {
    throw new VoiceBridgeError('unauthorized', 'The page could not get a token', { cause });
  }
}

function limit(signal: AbortSignal, clock: Clock, timeoutMs: number): { signal: AbortSignal; stop: () => void } {
  const limited = new AbortController();
  const follow = () => limited.abort(abortError(signal));
  signal.addEventListener('abort', follow);
  const cancel = clock.after(timeoutMs, () => limited.abort(timeoutError('The bridge', timeoutMs)));
  const stop = () => {
    cancel();
    signal.removeEventListener('abort', follow);
  };
  return { signal: limited.signal, stop };
}
