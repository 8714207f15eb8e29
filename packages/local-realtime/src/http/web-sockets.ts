import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Emitter, formatId } from '@voice-bridge/core';
import { encodeServerEvent, MAX_CLIENT_EVENT_LENGTH } from '@voice-bridge/core/openai';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ChannelEnd, EventsChannel } from '../call/events-channel.ts';
import { errorEvent } from '../openai/problem.ts';
import type { HttpProblem } from './http-problem.ts';
import { type RefusedOnChannel, readUpgrade, type Upgrade } from './read-upgrade.ts';

const SUBPROTOCOL = 'realtime';
const CLOSED_NORMALLY = 1_000;
const CLOSED_EXPIRED = 1_001;
/** How often a client is asked whether it is still there; one that has said nothing since the last time is gone. */
const PING_EVERY_MS = 20_000;

/** What an upgrade leads to: a taker of the new channel, or a refusal. */
export type Admission =
  | { readonly type: 'admitted'; readonly take: (channel: EventsChannel) => void }
  | Extract<Upgrade, { type: 'refused' | 'refusedOnChannel' }>;

/** An HTTP server, with or without TLS. */
export interface UpgradeSource {
  on(event: 'upgrade', listener: (request: IncomingMessage, stream: Duplex, head: Buffer) => void): unknown;
}

/**
 * Serves `GET /v1/realtime` as a WebSocket on an HTTP server; `admit` decides about each. Every `pingEveryMs` (default 20,000) each
 * client is pinged, and ended when it did not answer the ping before (RFC 6455 section 5.5.2). Gives the way to end them all.
 */
export function serveWebSockets(
  server: UpgradeSource,
  admit: (wanted: Upgrade) => Promise<Admission>,
  pingEveryMs = PING_EVERY_MS,
): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_EVENT_LENGTH,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    admit(readUpgrade(request))
      .then((admission) => answer(request, stream, head, admission))
      .catch(() => stream.destroy());
  });
  const answer = (request: IncomingMessage, stream: Duplex, head: Buffer, admission: Admission): void => {
    if (admission.type === 'refused') {
      refuse(stream, admission.problem);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (webSocket) => {
      endUnanswered(webSocket, pingEveryMs);
      if (admission.type === 'admitted') admission.take(new WebSocketChannel(webSocket));
      else refuseOnChannel(webSocket, admission);
    });
  };
  return () => {
    for (const webSocket of sockets.clients) webSocket.terminate();
    sockets.close();
  };
}

/** Pings, and ends a client that is gone without a word. One whose messages wait to be taken cannot be heard, and is not asked. */
function endUnanswered(webSocket: WebSocket, everyMs: number): void {
  let isAnswered = true;
  webSocket.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    if (webSocket.isPaused) return;
    if (!isAnswered) {
      webSocket.terminate();
      return;
    }
    isAnswered = false;
    webSocket.ping();
  }, everyMs);
  webSocket.on('close', () => clearInterval(timer));
}

class WebSocketChannel implements EventsChannel {
  readonly #webSocket: WebSocket;
  readonly #events = new Emitter<{ close: [] }>();
  #early: string[] | undefined = [];
  #take: ((message: string) => void) | undefined;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.on('message', (data: Buffer) => this.#onMessage(data.toString('utf8')));
    webSocket.on('close', () => this.#events.emit('close'));
    // What is wrong with a frame also closes the WebSocket.
    webSocket.on('error', () => {});
  }

  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  on(event: 'close', listener: () => void) {
    return this.#events.on(event, listener);
  }

  send(text: string): boolean {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return false;
    this.#webSocket.send(text);
    return true;
  }

  receive(taker: (message: string) => void): void {
    this.#take = taker;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) taker(message);
  }

  hold(held: boolean): void {
    if (held) this.#webSocket.pause();
    else this.#webSocket.resume();
  }

  close(reason?: ChannelEnd): void {
    // A held one would not read the other side's close frame.
    this.#webSocket.resume();
    if (reason === 'broken') this.#webSocket.terminate();
    else this.#webSocket.close(reason === 'expired' ? CLOSED_EXPIRED : CLOSED_NORMALLY);
  }

  #onMessage(message: string): void {
    if (this.#take === undefined) this.#early?.push(message);
    else this.#take(message);
  }
}

function refuse(stream: Duplex, { status, message, problem }: HttpProblem): void {
  const body = JSON.stringify({ error: { ...problem, message } });
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Access-Control-Allow-Origin: *',
    'Connection: close',
  ];
  // A client that never ends its side would hold the connection, and the server's end.
  stream.once('finish', () => stream.destroy());
  stream.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function refuseOnChannel(webSocket: WebSocket, { problem, closeCode }: RefusedOnChannel): void {
  webSocket.on('error', () => {});
  const event = {
    event_id: formatId('event', crypto.getRandomValues(new Uint8Array(16))),
    ...errorEvent(problem, undefined),
  };
  webSocket.send(encodeServerEvent(event));
  webSocket.close(closeCode, `${problem.type}.${problem.code}`);
}
