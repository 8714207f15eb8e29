import type { Clock } from '@voice-bridge/core';
import {
  type ClientEvent,
  type ClientEventOf,
  type ClientEventType,
  encodeServerEvent,
  parseClientEvent,
  type ServerEventBody,
} from '@voice-bridge/core/openai';
import type { InboundAudio, MediaChannel } from '@voice-bridge/media-node';
import type { FakeMediaConnection, FakeMediaNetwork } from '@voice-bridge/media-node/testing';
import type { Fetch } from '../upstream/upstream.ts';

/** One HTTP request the model got. */
export interface ModelRequest {
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** A speech model in memory: takes calls through `fetch` over a fake network, acknowledges settings, and else says what the test says. */
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
  #channel: MediaChannel | undefined;
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

  /** Sends one event as the server. */
  say(...events: readonly ServerEventBody[]): void {
    for (const event of events) {
      this.#sent++;
      this.#channel?.send(encodeServerEvent({ event_id: `event_${this.#sent}`, ...event }));
    }
  }

  /** Sends text that is no event. */
  sayRaw(text: string): void {
    this.#channel?.send(text);
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
    connection.on('channel', (channel) => this.#openChannel(channel));
    const answer = await connection.answerOffer(offer);
    return new Response(answer, { status: 201, headers: { location: '/v1/realtime/calls/rtc_fake' } });
  }

  async #endCall(): Promise<Response> {
    await this.connection?.close();
    return new Response(null, { status: 200 });
  }

  #openChannel(channel: MediaChannel): void {
    this.#channel = channel;
    channel.receive((message) => this.#receive(String(message)));
    channel.on('open', () => this.say({ type: 'session.created', session: { type: 'realtime', id: 'sess_fake' } }));
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
