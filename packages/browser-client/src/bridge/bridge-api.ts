import {
  type BridgeRequest,
  bridgePath,
  bridgeResponseSchema,
  bridgeTextPath,
  type Clock,
  closedResponseSchema,
  configResponseSchema,
  ENDPOINTS,
  type ErrorCode,
  errorResponseSchema,
  type IceServer,
  isErrorCode,
  isVoiceBridgeError,
  type Parsed,
  type ParticipantRole,
  PROTOCOL_VERSION,
  parseJson,
  SESSION_PARAMETER,
  textResponseSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { abortable, abortError, timeoutError } from '../abortable.ts';
import { replacedElsewhere } from './bridge-events.ts';

/** The part of `fetch` this package uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>;

/** Where and as whom a client asks. */
export interface BridgeApiOptions {
  /** Origin and base path of the bridge; empty: the page's own origin. */
  readonly url: string;
  readonly conversationId: string;
  /** Gives the bearer token of the user, asked before every request. */
  readonly auth: (() => Promise<string> | string) | undefined;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** What the bridge may be asked to do differently for this conversation. */
export interface ConversationWishes {
  readonly voice?: string;
  readonly agentName?: string;
  readonly systemPrompt?: string;
  /**
   * Joins the conversation's session beside whoever is in it, and leaves it to them; default false: this page takes the
   * conversation over, and ends the session when it goes.
   */
  readonly shared?: boolean;
  /** How the others in the session see this page. */
  readonly name?: string;
  /** What this page does in the session; default `speaker`. */
  readonly role?: ParticipantRole;
}

/** What a client must know before its offer. */
export interface BridgeConfig {
  readonly iceServers: readonly IceServer[];
}

const REQUEST_TIMEOUT_MS = 10_000;
/** The bridge dials the model before it answers. */
const OPEN_TIMEOUT_MS = 20_000;
const MAX_ANSWER_LENGTH = 262_144;

/** The bridge's HTTP interface for one conversation. Every method rejects with a coded error, `bridge_unreachable` among them. */
export class BridgeApi {
  readonly #options: BridgeApiOptions;
  readonly #base: string;
  #token: string | null = null;
  /** The session our last offer opened; null while we do not know. */
  #sessionId: string | null = null;
  /** The last session we had: what a redial renews. */
  #lastSessionId: string | undefined;

  constructor(options: BridgeApiOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '');
  }

  /** Asks which ICE servers to use. Rejects with `protocol_mismatch` when the bridge speaks a newer version. */
  async config(signal: AbortSignal): Promise<BridgeConfig> {
    const text = await this.#ask({ method: 'GET', path: ENDPOINTS.config }, signal);
    const config = read(parseJson(configResponseSchema, text, MAX_ANSWER_LENGTH));
    if (config.protocol_version > PROTOCOL_VERSION) {
      throw new VoiceBridgeError('protocol_mismatch', 'The bridge is newer than this page', {
        hint: 'Reload the page.',
      });
    }
    return { iceServers: config.ice_servers };
  }

  /** Opens a session with our offer, or renews the one we had unless another page has the conversation by now, and gives the answer, both SDP text. `onSend` runs when the bridge is about to hear of it. */
  async open(offer: string, wishes: ConversationWishes, onSend: () => void, signal: AbortSignal): Promise<string> {
    const body: BridgeRequest = {
      conversation_id: this.#options.conversationId,
      offer,
      voice: wishes.voice,
      agent_name: wishes.agentName,
      system_prompt: wishes.systemPrompt,
      session_id: this.#lastSessionId,
      join: wishes.shared,
      name: wishes.name,
      role: wishes.role,
    };
    const request = { method: 'POST', path: ENDPOINTS.bridge, body, timeoutMs: OPEN_TIMEOUT_MS, onSend };
    this.#sessionId = null;
    const text = await this.#ask(request, signal);
    const { session_id, answer } = read(parseJson(bridgeResponseSchema, text, MAX_ANSWER_LENGTH));
    this.#sessionId = session_id;
    this.#lastSessionId = session_id;
    return answer;
  }

  /** Says typed text; resolves when the model has it. */
  async sendText(text: string, signal: AbortSignal): Promise<void> {
    const path = bridgeTextPath(this.#options.conversationId);
    const answer = await this.#ask({ method: 'POST', path, body: { text } }, signal);
    read(parseJson(textResponseSchema, answer, MAX_ANSWER_LENGTH));
  }

  /** Ends our session, or the conversation's while ours has no name yet: never one that another page opened since. Sent at once with the last known token, so that it also leaves a page that is closing. */
  async close(): Promise<void> {
    const named = this.#sessionId === null ? '' : `?${SESSION_PARAMETER}=${encodeURIComponent(this.#sessionId)}`;
    const request = { method: 'DELETE', path: bridgePath(this.#options.conversationId) + named };
    const { signal } = new AbortController();
    const text = await this.#send(request, signal).catch((error: unknown) => {
      if (this.#options.auth === undefined || !isUnauthorized(error)) throw error;
      return this.#ask(request, signal);
    });
    read(parseJson(closedResponseSchema, text, MAX_ANSWER_LENGTH));
  }

  async #ask(request: BridgeApiRequest, signal: AbortSignal): Promise<string> {
    const { auth } = this.#options;
    if (auth !== undefined) this.#token = await abortable(askForToken(auth), signal);
    return this.#send(request, signal);
  }

  async #send(request: BridgeApiRequest, signal: AbortSignal): Promise<string> {
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
      if (!response.ok) throw refusal(response.status, text);
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

interface BridgeApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly onSend?: () => void;
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

function read<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new VoiceBridgeError('bridge_unreachable', `What answered is not a bridge: ${parsed.problem}`, {
    hint: 'Check the url given to the client.',
    retryable: false,
  });
}

function refusal(status: number, text: string): VoiceBridgeError {
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

function isUnauthorized(error: unknown): boolean {
  return error instanceof VoiceBridgeError && error.code === 'unauthorized';
}
