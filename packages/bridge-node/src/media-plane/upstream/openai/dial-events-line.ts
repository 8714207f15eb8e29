import type { IncomingMessage } from 'node:http';
import { type CancelTimer, type Clock, Emitter } from '@voice-bridge/core';
import { type RawData, WebSocket } from 'ws';
import { type DialEventsLine, type DialledEventsLine, type EventsLineStats, LineRefusal } from './events-line.ts';
import { MAX_PROBLEM_BYTES } from './refusal.ts';

/** How often a server is asked whether it is there; one that is silent until the next time is gone. */
const PING_MS = 15_000;
/** A server that does not answer our close is cut off after this. */
const CLOSE_MS = 2_000;
/** How long the words of a refusal are waited for. */
const REFUSAL_MS = 2_000;
const CLOSED_NORMALLY = 1_000;
/** Messages that come before anybody takes them. */
const MAX_EARLY = 64;

/** Opens lines over WebSockets (RFC 6455): no redirects, as the key belongs to one address; no compression, which costs more than it saves. */
export function createDialEventsLine(clock: Clock): DialEventsLine {
  return ({ url, authorization, maxMessageBytes }, signal) =>
    new Promise((resolve, reject) => {
      let webSocket: WebSocket;
      try {
        const headers = { authorization };
        webSocket = new WebSocket(url, { headers, maxPayload: maxMessageBytes, perMessageDeflate: false });
      } catch {
        // The error itself is not kept: it is about a header, and that header is the key.
        reject(new LineRefusal(undefined, ''));
        return;
      }
      const giveUp = () => webSocket.terminate();
      signal.addEventListener('abort', giveUp, { once: true });
      const refuse = (refusal: LineRefusal) => {
        signal.removeEventListener('abort', giveUp);
        reject(refusal);
      };
      webSocket.on('error', (error) => refuse(new LineRefusal(undefined, '', codeOf(error))));
      webSocket.on('unexpected-response', (request, response) => {
        void bodyOf(response, clock).then((body) => {
          refuse(new LineRefusal(response.statusCode, body));
          request.destroy();
        });
      });
      const line = new WebSocketLine(webSocket, clock);
      webSocket.on('open', () => {
        signal.removeEventListener('abort', giveUp);
        resolve(line);
      });
      if (signal.aborted) giveUp();
    });
}

class WebSocketLine implements DialledEventsLine {
  readonly #webSocket: WebSocket;
  readonly #clock: Clock;
  readonly #events = new Emitter<{ close: [] }>();
  #early: string[] = [];
  #taker: ((message: string) => void) | undefined;
  #heard = true;
  #isOver = false;
  #cancelTimer: CancelTimer = () => {};
  readonly #sent = { messages: 0, bytes: 0 };
  readonly #received = { messages: 0, bytes: 0 };
  readonly #roundTrips = { current: Number.NaN, total: 0, count: 0 };
  #pingedAt = Number.NaN;

  constructor(webSocket: WebSocket, clock: Clock) {
    this.#webSocket = webSocket;
    this.#clock = clock;
    webSocket.on('open', () => this.#watch());
    webSocket.on('message', (data) => this.#take(data));
    webSocket.on('pong', () => this.#ponged());
    webSocket.on('close', () => this.#end());
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  on(event: 'close', listener: () => void) {
    if (this.#isOver) listener();
    return this.#events.on(event, listener);
  }

  send(text: string): boolean {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return false;
    this.#webSocket.send(text);
    this.#sent.messages++;
    this.#sent.bytes += Buffer.byteLength(text);
    return true;
  }

  stats(): EventsLineStats {
    const { current, total, count } = this.#roundTrips;
    return {
      timestamp: Date.now(),
      messagesSent: this.#sent.messages,
      bytesSent: this.#sent.bytes,
      messagesReceived: this.#received.messages,
      bytesReceived: this.#received.bytes,
      bufferedAmount: this.bufferedAmount,
      currentRoundTripTime: count === 0 ? undefined : current,
      totalRoundTripTime: total,
      responsesReceived: count,
    };
  }

  receive(taker: (message: string) => void): void {
    this.#taker = taker;
    for (const message of this.#early.splice(0)) taker(message);
  }

  close(how?: 'broken'): void {
    if (this.#isOver) return;
    this.#cancelTimer();
    if (how === 'broken') {
      this.#webSocket.terminate();
      return;
    }
    this.#webSocket.close(CLOSED_NORMALLY);
    this.#cancelTimer = this.#clock.after(CLOSE_MS, () => this.#webSocket.terminate());
  }

  #watch(): void {
    this.#pingedAt = this.#clock.now();
    this.#webSocket.ping();
    this.#cancelTimer = this.#clock.after(PING_MS, () => {
      if (!this.#heard) {
        this.#webSocket.terminate();
        return;
      }
      this.#heard = false;
      this.#watch();
    });
  }

  #ponged(): void {
    this.#heard = true;
    // A server may say it unasked (RFC 6455 section 5.5.3).
    if (Number.isNaN(this.#pingedAt)) return;
    const seconds = (this.#clock.now() - this.#pingedAt) / 1_000;
    this.#pingedAt = Number.NaN;
    this.#roundTrips.current = seconds;
    this.#roundTrips.total += seconds;
    this.#roundTrips.count++;
  }

  #take(data: RawData): void {
    this.#heard = true;
    this.#received.messages++;
    this.#received.bytes += Array.isArray(data)
      ? data.reduce((sum, piece) => sum + piece.byteLength, 0)
      : data.byteLength;
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.concat([data].flat().map(toBuffer)).toString();
    if (this.#taker !== undefined) this.#taker(text);
    else if (this.#early.length < MAX_EARLY) this.#early.push(text);
  }

  #end(): void {
    this.#isOver = true;
    this.#cancelTimer();
    this.#early = [];
    this.#events.emit('close');
  }
}

function toBuffer(data: ArrayBuffer | Buffer): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function bodyOf(response: IncomingMessage, clock: Clock): Promise<string> {
  return new Promise((resolve) => {
    let body = '';
    const end = () => {
      cancel();
      response.destroy();
      resolve(body.slice(0, MAX_PROBLEM_BYTES));
    };
    const cancel = clock.after(REFUSAL_MS, end);
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      body += text;
      if (body.length > MAX_PROBLEM_BYTES) end();
    });
    response.on('end', end);
    response.on('error', end);
  });
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
