import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CancelTimer, CLOSE_CODES, type Clock, TokenBucket } from '@voice-bridge/core';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { CloseCodeName, Message, MessageConnection } from './message-connection.ts';

/** What one kind of connection may cost. */
export interface ConnectionLimits {
  /** Longest message a client may send, in bytes; a longer one closes the connection with 1009 (RFC 6455 section 7.4.1). */
  readonly maxMessageBytes: number;
  /** Most that may wait for a slow client, in bytes. */
  readonly maxQueuedBytes: number;
  /** Messages a client may send in a second, and ten seconds' worth of them at once; more closes with `rate_limited` (4429). */
  readonly messagesPerSecond: number;
}

/** Finishes the handshake of an upgrade and hands the connection over. A request that is no valid handshake is answered with 400. */
export type AcceptUpgrade = (
  request: IncomingMessage,
  stream: Duplex,
  head: Uint8Array,
  take: (connection: MessageConnection) => void,
) => void;

/** How often a client is asked whether it is there; one that is silent until the next time is gone. */
export const PING_MS = 15_000;
/** A client that does not answer our close is cut off after this. */
const CLOSE_MS = 5_000;
const BURST_SECONDS = 10;
const MAX_REASON_BYTES = 120;

/** Makes the acceptor of one kind of connection; `protocol` is the subprotocol that is chosen when the client offers it. */
export function createAcceptUpgrade(limits: ConnectionLimits, protocol: string, clock: Clock): AcceptUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageBytes,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  });
  return (request, stream, head, take) => {
    server.handleUpgrade(request, stream, Buffer.from(head), (webSocket) => {
      take(new WebSocketConnection(webSocket, limits, clock));
    });
  };
}

class WebSocketConnection implements MessageConnection {
  readonly #webSocket: WebSocket;
  readonly #maxQueuedBytes: number;
  readonly #rate: TokenBucket;
  readonly #clock: Clock;
  readonly #closeListeners: (() => void)[] = [];
  #cancelTimer: CancelTimer = () => {};
  #heard = true;
  #taker: ((message: Message) => void) | undefined;

  constructor(webSocket: WebSocket, limits: ConnectionLimits, clock: Clock) {
    this.#webSocket = webSocket;
    this.#maxQueuedBytes = limits.maxQueuedBytes;
    this.#rate = new TokenBucket(limits.messagesPerSecond * BURST_SECONDS, limits.messagesPerSecond, clock.now());
    this.#clock = clock;
    webSocket.pause();
    webSocket.on('message', (data, isBinary) => this.#take(data, isBinary));
    webSocket.on('pong', () => {
      this.#heard = true;
    });
    webSocket.on('close', () => this.#closed());
    // What is wrong with a frame closes the connection by itself.
    webSocket.on('error', () => {});
    this.#watch();
  }

  get queuedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(message: Message): boolean {
    if (!this.#mayQueue(message)) return false;
    this.#webSocket.send(message);
    return true;
  }

  sent(message: Message): Promise<boolean> {
    if (!this.#mayQueue(message)) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#webSocket.send(message, (error) => resolve(error === undefined || error === null));
    });
  }

  receive(taker: (message: Message) => void): void {
    this.#taker = taker;
    this.#webSocket.resume();
  }

  close(code: CloseCodeName, reason = ''): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(CLOSE_MS, () => this.#webSocket.terminate());
    this.#webSocket.close(CLOSE_CODES[code], cut(reason));
    // The client's answer to our close has to be read.
    this.#webSocket.resume();
  }

  onClose(listener: () => void): void {
    if (this.#webSocket.readyState === this.#webSocket.CLOSED) listener();
    else this.#closeListeners.push(listener);
  }

  #mayQueue(message: Message): boolean {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return false;
    const bytes = typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
    if (this.queuedBytes + bytes <= this.#maxQueuedBytes) return true;
    this.close('slow_consumer', 'You read too slowly');
    return false;
  }

  #take(data: RawData, isBinary: boolean): void {
    this.#heard = true;
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    if (!this.#rate.take(this.#clock.now())) {
      this.close('rate_limited', 'You send too much');
      return;
    }
    const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data;
    this.#taker?.(isBinary ? bytes : bytes.toString('utf8'));
  }

  /** One that nobody receives from yet is not read, so that its pongs cannot be heard: it is left alone. */
  #watch(): void {
    this.#cancelTimer = this.#clock.after(PING_MS, () => {
      if (!this.#heard && !this.#webSocket.isPaused) {
        this.#webSocket.terminate();
        return;
      }
      this.#heard = false;
      this.#webSocket.ping();
      this.#watch();
    });
  }

  #closed(): void {
    this.#cancelTimer();
    for (const listener of this.#closeListeners.splice(0)) listener();
  }
}

/** A close reason fits into one control frame (RFC 6455 section 5.5). */
function cut(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, MAX_REASON_BYTES)).replace(/\uFFFD+$/, '');
}
