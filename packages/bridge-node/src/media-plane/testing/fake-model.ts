import type { Clock } from '@voice-bridge/core';
import {
  type ClientEvent,
  type ClientEventOf,
  type ClientEventType,
  encodeServerEvent,
  parseClientEvent,
  type ServerEventBody,
} from '@voice-bridge/core/openai';
import type { InboundAudio } from '@voice-bridge/media-node';
import type { FakeMediaConnection, FakeMediaNetwork } from '@voice-bridge/media-node/testing';
import { type DialEventsLine, type EventsLine, LineRefusal } from '../upstream/openai/events-line.ts';
import type { Fetch } from '../upstream/upstream.ts';
import { FakeEventsLine } from './fake-events-line.ts';

/** One HTTP request the model got. */
export interface ModelRequest {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** A speech model in memory: takes calls through `fetch` over a fake network and sessions over lines in memory, acknowledges settings, and else says what the test says. */
export class FakeModel {
  readonly requests: ModelRequest[] = [];
  /** Every event the bridge sent, oldest first. */
  readonly events: ClientEvent[] = [];
  /** Every packet the bridge sent. */
  readonly audio: InboundAudio[] = [];
  /** What the next calls get instead of an answer. */
  answer: ((signal: AbortSignal | null | undefined) => Promise<Response>) | undefined;
  /** What hang-ups get instead of the end of the call. */
  hangUp: (() => Promise<Response>) | undefined;
  /** Whether `session.update` is acknowledged. */
  acknowledges = true;
  connection: FakeMediaConnection | undefined;
  /** The bridge's end of the newest session over a line. */
  line: FakeEventsLine | undefined;
  #line: Pick<EventsLine, 'send' | 'receive' | 'close'> | undefined;
  #sent = 0;
  readonly #network: FakeMediaNetwork;
  readonly #clock: Clock;

  constructor(network: FakeMediaNetwork, clock: Clock) {
    this.#network = network;
    this.#clock = clock;
  }

  readonly fetch: Fetch = async (url, init) => {
    const { pathname: path } = new URL(url);
    const body = typeof init.body === 'string' ? init.body : '';
    this.requests.push({ path, authorization: new Headers(init.headers).get('authorization') ?? '', body });
    init.signal?.throwIfAborted();
    if (!path.endsWith('/hangup')) return (await this.answer?.(init.signal)) ?? this.#takeCall(body);
    const { signal } = init;
    const given = new Promise<never>((_, reject) =>
      signal?.addEventListener('abort', () => reject(new Error('aborted'))),
    );
    return Promise.race([given, this.hangUp?.() ?? this.#endCall()]);
  };

  readonly dialEventsLine: DialEventsLine = async ({ url, authorization }, signal) => {
    const { pathname, search } = new URL(url);
    this.requests.push({ path: `${pathname}${search}`, authorization, body: '' });
    signal.throwIfAborted();
    const refusal = await this.answer?.(signal);
    if (refusal !== undefined) throw new LineRefusal(refusal.status, await refusal.text());
    const [ours, theirs] = FakeEventsLine.pair();
    this.#takeLine(ours);
    this.line = theirs;
    this.say({ type: 'session.created', session: { type: 'realtime', id: 'sess_fake' } });
    return theirs;
  };

  /** Ends the call or the session as the server. */
  async end(): Promise<void> {
    this.#line?.close();
    await this.connection?.close();
  }

  /** Sends one event as the server. */
  say(...events: readonly ServerEventBody[]): void {
    for (const event of events) {
      this.#sent++;
      this.#line?.send(encodeServerEvent({ event_id: `event_${this.#sent}`, ...event }));
    }
  }

  /** Sends text that is no event. */
  sayRaw(text: string): void {
    this.#line?.send(text);
  }

  /** Sends one packet of speech. */
  speak(sequenceNumber: number): void {
    this.connection?.sendAudio({
      sequenceNumber,
      timestamp: sequenceNumber * 960,
      marker: false,
      payload: speechPacket(sequenceNumber),
    });
  }

  /** The events of one type the bridge sent. */
  got<Type extends ClientEventType>(type: Type): ClientEventOf<Type>[] {
    return this.events.filter((event): event is ClientEventOf<Type> => event.type === type);
  }

  async #takeCall(body: string): Promise<Response> {
    const offer = /application\/sdp\r\n\r\n([\s\S]*?)\r\n--voice-bridge/.exec(body)?.[1] ?? '';
    const connection = this.#network.create({
      clock: this.#clock,
      onAudio: (packet) => this.audio.push({ ...packet, payload: packet.payload.slice() }),
    });
    this.connection = connection;
    connection.on('channel', (channel) => {
      this.#takeLine(channel);
      channel.on('open', () => this.say({ type: 'session.created', session: { type: 'realtime', id: 'sess_fake' } }));
    });
    const answer = await connection.answerOffer(offer);
    return new Response(answer, { status: 201, headers: { location: '/v1/realtime/calls/rtc_fake' } });
  }

  async #endCall(): Promise<Response> {
    await this.connection?.close();
    return new Response(null, { status: 200 });
  }

  #takeLine(line: Pick<EventsLine, 'send' | 'receive' | 'close'>): void {
    this.#line = line;
    line.receive((message) => this.#receive(String(message)));
  }

  #receive(text: string): void {
    const parsed = parseClientEvent(text);
    if (!parsed.ok) throw new Error(`The bridge sent what a model refuses: ${parsed.problem}`);
    this.events.push(parsed.value);
    if (parsed.value.type === 'session.update' && this.acknowledges) {
      this.say({ type: 'session.updated', session: { type: 'realtime', id: 'sess_fake' } });
    }
  }
}

/** An Opus packet of 20 ms (RFC 6716: CELT, one frame) that can be told from others by its number. */
export function speechPacket(number: number): Uint8Array {
  return Uint8Array.of(0xf8, number & 0xff, (number >> 8) & 0xff, 1);
}
