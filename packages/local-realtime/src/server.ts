import { getRandomValues, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { formatId, type Logger, silentLogger } from '@voice-bridge/core';
import type { SessionConfig } from '@voice-bridge/core/openai';
import { createMediaConnection, loadOpusCodec, type OpusCodec, validateOffer } from '@voice-bridge/media-node';
import { Call } from './call/call.ts';
import type { CallEngines } from './call/call-engines.ts';
import type { AssistantTool } from './engines/assistant/assistant-engine.ts';
import { parsePhrase, phraseExample } from './engines/phrases.ts';
import { createApp } from './http/app.ts';
import { HttpProblem, httpProblem } from './http/http-problem.ts';
import { newSession, updateSession } from './openai/session.ts';
import { systemClock } from './system-clock.ts';

const DEFAULT_VOICE = 'marin';
const DEFAULT_MAX_CALLS = 32;
const SESSION_MINUTES = 60;
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/** How a server is set, engines included. */
export interface ServerSettings {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Voice of sessions that ask for none; default `marin`. */
  readonly voice?: string;
  /** Calls at a time; default 32, more get 429. */
  readonly maxCalls?: number;
  /** Length of a session, in minutes; default 60, as at OpenAI. */
  readonly maxSessionMinutes?: number;
  readonly logger?: Logger;
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
  const app = createApp(directory);
  const server = createServer(getRequestListener(app.fetch));
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
      closing ??= Promise.all([directory.closeAll(), closeServer(server)]).then(() => {});
      return closing;
    },
  };
}

class CallDirectory {
  readonly logger: Logger;
  readonly #engines: CallEngines;
  readonly #codec: OpusCodec;
  readonly #settings: ServerSettings;
  readonly #calls = new Map<string, Call>();
  #state: 'open' | 'closed' = 'open';

  constructor(engines: CallEngines, codec: OpusCodec, settings: ServerSettings) {
    this.logger = settings.logger ?? silentLogger;
    this.#engines = engines;
    this.#codec = codec;
    this.#settings = settings;
  }

  get size(): number {
    return this.#calls.size;
  }

  async openCall(offer: string, sessions: readonly SessionConfig[], model: string | undefined) {
    if (this.#state === 'closed') throw httpProblem(503, 'shutting_down', 'The server is shutting down.');
    if (this.#calls.size >= (this.#settings.maxCalls ?? DEFAULT_MAX_CALLS)) {
      throw httpProblem(429, 'rate_limit_exceeded', 'Too many calls are open.');
    }
    const validated = validateOffer(offer);
    if (!validated.ok) throw httpProblem(400, 'invalid_offer', `Invalid offer: ${validated.problem}`, 'sdp');
    const wanted = model === undefined ? sessions : [{ type: 'realtime', model } as const, ...sessions];
    const call = this.#createCall(this.#session(wanted));
    this.#calls.set(call.id, call);
    call.on('closed', () => {
      this.#calls.delete(call.id);
      this.logger.info({ callId: call.id }, 'call ended');
    });
    const answer = await call.answer(offer);
    this.logger.info({ callId: call.id }, 'call opened');
    return { id: call.id, answer };
  }

  async hangUp(callId: string): Promise<boolean> {
    const call = this.#calls.get(callId);
    await call?.close();
    return call !== undefined;
  }

  describeSession(session: SessionConfig | undefined) {
    return this.#session(session === undefined ? [] : [session]);
  }

  hints(tools = this.#openTools()): readonly string[] {
    const said = this.#engines.assistant.phrases(tools).map((notation) => phraseExample(parsePhrase(notation)));
    return [...new Set(said)].filter((example) => example !== '' && !example.includes('...'));
  }

  health() {
    const { stt, tts, assistant } = this.#engines;
    return { calls: this.size, stt: stt.name, tts: tts.name, assistant: assistant.name };
  }

  newSecret(): string {
    return newId('ek');
  }

  wallNow(): number {
    return Date.now();
  }

  async closeAll(): Promise<void> {
    this.#state = 'closed';
    await Promise.all(Array.from(this.#calls.values(), (call) => call.close()));
  }

  #session(updates: readonly SessionConfig[]) {
    const { voice = DEFAULT_VOICE } = this.#settings;
    let session = newSession(newId('sess'), Math.floor((Date.now() + this.#maxDurationMs) / 1_000), voice);
    for (const update of updates) {
      const updated = updateSession(session, update, { voice: undefined, model: false });
      if (!updated.ok) throw new HttpProblem(400, updated.problem);
      session = updated.session;
    }
    return session;
  }

  get #maxDurationMs(): number {
    return (this.#settings.maxSessionMinutes ?? SESSION_MINUTES) * 60_000;
  }

  #openTools(): readonly AssistantTool[] {
    return [...this.#calls.values()].flatMap((call) => call.tools);
  }

  #createCall(session: ReturnType<typeof newSession>): Call {
    return new Call({
      id: newId('rtc'),
      seed: newId('').slice(1, 19),
      session,
      engines: this.#engines,
      codec: this.#codec,
      createConnection: createMediaConnection,
      additionalHostAddresses: LOOPBACK.has(this.#settings.host ?? '127.0.0.1') ? ['127.0.0.1'] : [],
      maxDurationMs: this.#maxDurationMs,
      randomUint32: () => getRandomValues(new Uint32Array(1))[0] ?? 0,
      clock: systemClock,
      logger: this.logger,
    });
  }
}

function newId(prefix: string): string {
  return formatId(prefix, randomBytes(16));
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
