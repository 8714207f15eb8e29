import { type PeerId, signalingPath, VoiceBridgeError } from '@voice-bridge/core';
import { failureOf } from '../../abortable.ts';
import { type BridgeHttp, refusalOf } from '../../bridge/bridge-http.ts';
import { readEventStream } from './read-event-stream.ts';
import type { StreamFetch } from './signaling-host.ts';

/** What a {@link StreamLine} tells. Nothing after `onLost` and after `close()`. */
export interface StreamLineSinks {
  onOpen(): void;
  onText(text: string): void;
  onLost(error: VoiceBridgeError): void;
}

/** What a {@link StreamLine} works with. */
export interface StreamLineOptions {
  readonly http: BridgeHttp;
  readonly fetch: StreamFetch;
  readonly conversationId: string;
  readonly peerId: PeerId;
  readonly sinks: StreamLineSinks;
}

/** Signaling without a WebSocket: hears by server-sent events, and says each message in a POST, one after the other. */
export class StreamLine {
  readonly #options: StreamLineOptions;
  readonly #over = new AbortController();
  #saying: Promise<void> = Promise.resolve();

  constructor(options: StreamLineOptions) {
    this.#options = options;
  }

  /** Begins to listen. */
  open(): void {
    this.#listen().catch((thrown: unknown) => this.#lose(failureOf(thrown, this.#over.signal)));
  }

  /** Says one message of JSON text. */
  send(text: string): void {
    const { http } = this.#options;
    const body: unknown = JSON.parse(text);
    this.#saying = this.#saying
      .then(async () => void (await http.ask({ method: 'POST', path: this.#path, body }, this.#over.signal)))
      .catch((error: unknown) => this.#lose(failureOf(error, this.#over.signal)));
  }

  /** Ends it; idempotent. */
  close(): void {
    this.#over.abort();
  }

  get #path(): string {
    return signalingPath(this.#options.conversationId, this.#options.peerId);
  }

  async #listen(): Promise<void> {
    const { http, fetch, sinks } = this.#options;
    const { signal } = this.#over;
    const token = await http.token(signal);
    const headers = {
      accept: 'text/event-stream',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(http.address(this.#path), { headers, signal, cache: 'no-store' }).catch(unreachable);
    if (!response.ok) throw refusalOf(response.status, await response.text());
    if (response.body === null) throw unreachable(undefined);
    if (signal.aborted) return;
    sinks.onOpen();
    await readEventStream(response.body, (text) => {
      if (!signal.aborted) sinks.onText(text);
    }).catch(() => {});
    throw new VoiceBridgeError('connection_lost', 'The signaling was lost');
  }

  #lose(error: VoiceBridgeError): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#options.sinks.onLost(error);
  }
}

function unreachable(cause: unknown): never {
  throw new VoiceBridgeError('bridge_unreachable', 'The bridge did not answer', {
    hint: 'Check the network, and that the server runs.',
    cause,
  });
}
