import { VoiceBridgeError } from '@voice-bridge/core';
import {
  type ClientEvent,
  encodeClientEvent,
  parseServerEvent,
  type ServerEvent,
  type ServerEventOf,
  type ServerEventType,
} from '@voice-bridge/core/openai';
import Ws from 'ws';
import { systemClock } from '../system-clock.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/** Where and how a {@link RealtimeSocketClient} connects. */
export interface RealtimeSocketOptions {
  /** Base URL ending in `/v1`. */
  readonly url: string;
  /** What follows `/realtime?`; default `model=gpt-realtime-2.1`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Subprotocols, as a page in a browser gives its key. */
  readonly subprotocols?: readonly string[];
  /** The server's certificate, as PEM. */
  readonly ca?: string;
}

/** A client of an OpenAI-Realtime-compatible server over a WebSocket. */
export class RealtimeSocketClient {
  /** Every event so far. */
  readonly events: ServerEvent[] = [];
  /** What came and was no event of the GA union; a right server leaves this empty. */
  readonly misfits: string[] = [];
  /** How the server closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #connection: Ws;
  readonly #waiters = new Set<() => void>();
  #cursor = 0;

  private constructor(connection: Ws) {
    this.#connection = connection;
    connection.on('message', (data) => this.#onMessage(String(data)));
    connection.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
  }

  /** Connects; rejects with the answer's status when the server refuses before there is a WebSocket. */
  static connect({ url, query, headers, subprotocols, ca }: RealtimeSocketOptions): Promise<RealtimeSocketClient> {
    const target = `${url.replace(/^http/, 'ws')}/realtime?${query ?? 'model=gpt-realtime-2.1'}`;
    const authorization = subprotocols === undefined ? { authorization: 'Bearer test' } : {};
    const options = { headers: headers ?? authorization, ...(ca === undefined ? {} : { ca }) };
    const connection = new Ws(target, [...(subprotocols ?? [])], options);
    const client = new RealtimeSocketClient(connection);
    return new Promise((resolve, reject) => {
      connection.once('open', () => resolve(client));
      connection.on('error', reject);
    });
  }

  /** The subprotocol that the server chose. */
  get subprotocol(): string {
    return this.#connection.protocol;
  }

  /** Sends an event. */
  send(event: ClientEvent): void {
    this.sendText(encodeClientEvent(event));
  }

  /** Sends any text. */
  sendText(text: string): void {
    this.#connection.send(text);
  }

  /** The next event of this type behind the one the last wait found. Rejects with `connect_timeout`. */
  async waitFor<Type extends ServerEventType>(type: Type): Promise<ServerEventOf<Type>> {
    const from = this.#cursor;
    const next = () => this.events.findIndex((event, index) => index >= from && event.type === type);
    await this.until(() => next() !== -1, type);
    this.#cursor = next() + 1;
    const event = this.events[this.#cursor - 1];
    if (event === undefined || !isOfType(event, type)) throw new VoiceBridgeError('internal', `No event ${type}`);
    return event;
  }

  /** Resolves as soon as `condition` holds; asked again after each event and at the end. */
  until(condition: () => boolean, what: string): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const check = () => {
        if (condition()) end(resolve);
      };
      const end = (act: () => void) => {
        cancel();
        this.#waiters.delete(check);
        act();
      };
      const came = () => this.events.map(({ type }) => type).join(', ');
      const cancel = systemClock.after(DEFAULT_TIMEOUT_MS, () =>
        end(() => reject(new VoiceBridgeError('connect_timeout', `No ${what}; came: ${came()}`))),
      );
      this.#waiters.add(check);
    });
  }

  /** Closes and waits until the server has closed too. */
  async close(): Promise<void> {
    this.#connection.close();
    await this.until(() => this.closed !== undefined, 'close');
  }

  #onMessage(text: string): void {
    const parsed = parseServerEvent(text);
    if (!parsed.ok || parsed.value.type === 'other') this.misfits.push(text);
    else this.events.push(parsed.value);
    this.#wake();
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}

function isOfType<Type extends ServerEventType>(
  event: ServerEvent,
  type: Type,
): event is ServerEventOf<Type> & ServerEvent {
  return event.type === type;
}
