import { type ErrorCode, isVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';

const DEFAULT_TIMEOUT_MS = 30_000;
/** How many silences in a row of the longest allowed length a whole answer may take. */
const SILENCES_OF_AN_ANSWER = 10;
const MAX_ERROR_BYTES = 16_384;
const MAX_REASON_LENGTH = 200;

/** A server that speaks OpenAI's HTTP API, for one part of the work. */
export interface RemoteServer {
  /** Base URL (`http://127.0.0.1:11434/v1`), or the whole URL of the route. */
  readonly url: string;
  /** Sent as a bearer token; default none. */
  readonly apiKey?: string;
  /** Name of the model to ask for. */
  readonly model?: string;
  /** Longest silence of the server, in ms: until it answers, and between two parts of its answer; default 30,000. A whole answer may take ten times as long. */
  readonly timeoutMs?: number;
}

/** Where one route of a {@link RemoteServer} is, and how much it may answer. */
export interface RemoteEndpoint {
  /** For people: `The transcription server`. */
  readonly name: string;
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
  /** Longest whole answer, in bytes. */
  readonly maxBytes: number;
}

/** What a server answered: bytes as they come. Reading rejects as {@link postRemote} does. */
export interface RemoteAnswer {
  /** Without parameters, lower case; empty when the server names none. */
  readonly contentType: string;
  readonly parts: AsyncIterable<Uint8Array>;
}

/** Where `route` (`/audio/speech`) of a server is. Throws `TypeError` for what is no HTTP URL. */
export function remoteEndpoint(name: string, route: string, server: RemoteServer, maxBytes: number): RemoteEndpoint {
  const url = URL.canParse(server.url) ? new URL(server.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${name} needs an http: or https: URL`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(route) ? path : `${path}${route}`;
  return {
    name,
    url: url.href,
    apiKey: server.apiKey === '' ? undefined : server.apiKey,
    timeoutMs: server.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes,
  };
}

/**
 * Posts a form, or JSON text. Rejects with `aborted` when the signal fires; with `model_unreachable` when the server cannot be reached
 * or is silent for too long, `model_rejected` for a refusal, `model_rate_limited` for status 429, and `model_error` for its own
 * failures and an answer that is too long. The key is in no message.
 */
export async function postRemote(
  endpoint: RemoteEndpoint,
  body: FormData | string,
  signal: AbortSignal,
): Promise<RemoteAnswer> {
  const watch = new Watch(endpoint, signal);
  try {
    const headers = new Headers();
    if (typeof body === 'string') headers.set('content-type', 'application/json');
    if (endpoint.apiKey !== undefined) headers.set('authorization', `Bearer ${endpoint.apiKey}`);
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers,
      body,
      signal: watch.signal,
      // A key is for the server it was given for.
      redirect: 'error',
    });
    if (!response.ok) throw await refusal(endpoint, response, watch);
    const contentType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    return { contentType, parts: readParts(endpoint, response, watch, endpoint.maxBytes) };
  } catch (error) {
    watch.close();
    throw watch.explain(error);
  }
}

/** The whole answer. */
export async function readAll({ parts }: RemoteAnswer): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

/** Ends a request that is not wanted any more, or whose server is silent for too long. */
class Watch {
  readonly #endpoint: RemoteEndpoint;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort();
  readonly #deadline: NodeJS.Timeout;
  #timer: NodeJS.Timeout;
  #ended: 'silent' | 'late' | undefined;

  constructor(endpoint: RemoteEndpoint, outer: AbortSignal) {
    this.#endpoint = endpoint;
    this.#outer = outer;
    if (outer.aborted) this.#controller.abort();
    else outer.addEventListener('abort', this.#abort, { once: true });
    this.#timer = this.#start();
    this.#deadline = setTimeout(() => this.#end('late'), this.#endpoint.timeoutMs * SILENCES_OF_AN_ANSWER);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The server has said something. */
  feed(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#outer.removeEventListener('abort', this.#abort);
    // Frees the connection of an answer that is not read to its end.
    this.#controller.abort();
  }

  explain(error: unknown): VoiceBridgeError {
    const { name, timeoutMs } = this.#endpoint;
    if (this.#outer.aborted) return new VoiceBridgeError('aborted', 'The request was given up');
    if (isVoiceBridgeError(error)) return error;
    if (this.#ended === 'silent')
      return new VoiceBridgeError('model_unreachable', `${name} said nothing for ${timeoutMs} ms`);
    if (this.#ended === 'late')
      return new VoiceBridgeError(
        'model_unreachable',
        `${name} did not end its answer within ${timeoutMs * SILENCES_OF_AN_ANSWER} ms`,
      );
    return new VoiceBridgeError('model_unreachable', `${name} could not be reached, or broke off`, { cause: error });
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#end('silent'), this.#endpoint.timeoutMs);
  }

  #end(why: 'silent' | 'late'): void {
    this.#ended = why;
    this.#controller.abort();
  }
}

async function* readParts(
  { name }: RemoteEndpoint,
  response: Response,
  watch: Watch,
  maxBytes: number,
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  try {
    for await (const part of response.body ?? []) {
      watch.feed();
      bytes += part.length;
      if (bytes > maxBytes) throw new VoiceBridgeError('model_error', `${name} answered more than ${maxBytes} bytes`);
      yield part;
    }
  } catch (error) {
    throw watch.explain(error);
  } finally {
    watch.close();
  }
}

async function refusal(endpoint: RemoteEndpoint, response: Response, watch: Watch): Promise<VoiceBridgeError> {
  const { status } = response;
  const reason = await readReason(endpoint, response, watch);
  return new VoiceBridgeError(codeOf(status), `${endpoint.name} answered with ${status}${reason}`);
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'model_rate_limited';
  return status >= 500 ? 'model_error' : 'model_rejected';
}

/** What the server says about it, in OpenAI's error shape or as text; the key is taken out, should it be in there. */
async function readReason(endpoint: RemoteEndpoint, response: Response, watch: Watch): Promise<string> {
  let text = '';
  try {
    const parts = readParts(endpoint, response, watch, MAX_ERROR_BYTES);
    text = new TextDecoder().decode(await readAll({ contentType: '', parts }));
  } catch {
    // A reason is a courtesy.
  }
  const told = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
  const safe = endpoint.apiKey === undefined ? told : told.replaceAll(endpoint.apiKey, '***');
  const line = safe.replace(/\s+/g, ' ').trim().slice(0, MAX_REASON_LENGTH);
  return line === '' ? '' : `: ${line}`;
}
