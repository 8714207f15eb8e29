import { type Logger, silentLogger, VoiceBridgeError } from '@voice-bridge/core';
import {
  CALLS_PATH,
  type ClientEvent,
  callIdOf,
  EVENTS_CHANNEL_LABEL,
  encodeClientEvent,
  hangupPath,
  parseServerEvent,
  type ServerEvent,
  type ServerEventOf,
  type ServerEventType,
  type SessionConfig,
} from '@voice-bridge/core/openai';
import {
  createMediaConnection,
  type InboundAudio,
  loadOpusCodec,
  type MediaChannel,
  type MediaConnection,
  type MediaConnectionStats,
  type OpusCodec,
} from '@voice-bridge/media-node';
import { readToneText, toneText } from '../engines/tone-text.ts';
import { systemClock } from '../system-clock.ts';
import { TestMicrophone } from './test-microphone.ts';

const DEFAULT_TIMEOUT_MS = 15_000;
const HEARD_RATE_HZ = 16_000;

/** Where and how a {@link RealtimeTestClient} calls. */
export interface RealtimeTestClientOptions {
  /** Base URL ending in `/v1`. */
  readonly url: string;
  /** Default `test`. With `ek_…` the bare offer is posted, else multipart. */
  readonly apiKey?: string;
  /** The `session` part of a multipart call. */
  readonly session?: SessionConfig;
  /** Asked of each packet of the microphone: whether it is lost on the way. */
  readonly loses?: () => boolean;
  readonly logger?: Logger;
}

/** One event and when it came, in ms on the clock of `performance.now()`. */
export interface ReceivedEvent {
  readonly event: ServerEvent;
  readonly at: number;
}

/** One packet of the assistant's audio and when it came. */
export interface ReceivedPacket extends InboundAudio {
  readonly at: number;
}

interface Waiter {
  readonly matches: () => boolean;
  readonly resolve: () => void;
}

/** A client of an OpenAI-Realtime-compatible server in Node: speaks, listens and waits for events without sleeping. */
export class RealtimeTestClient {
  readonly callId: string;
  /** Every event so far. */
  readonly events: ReceivedEvent[] = [];
  /** What came on the channel and was no event of the GA union; a right server leaves this empty. */
  readonly misfits: string[] = [];
  /** Every audio packet so far. */
  readonly packets: ReceivedPacket[] = [];
  readonly microphone: TestMicrophone;
  readonly #options: RealtimeTestClientOptions;
  readonly #connection: MediaConnection;
  readonly #codec: OpusCodec;
  readonly #waiters = new Set<Waiter>();
  #channel: MediaChannel | undefined;
  #cursor = 0;

  private constructor(
    options: RealtimeTestClientOptions,
    callId: string,
    connection: MediaConnection,
    codec: OpusCodec,
  ) {
    this.#options = options;
    this.callId = callId;
    this.#connection = connection;
    this.#codec = codec;
    connection.on('stateChanged', () => this.#wake());
    const encoder = codec.createEncoder({ sampleRateHz: HEARD_RATE_HZ });
    this.microphone = new TestMicrophone(encoder, (packet) => options.loses?.() || connection.sendAudio(packet));
  }

  /** Calls, and resolves when `session.created` came and the microphone sends silence. */
  static async connect(options: RealtimeTestClientOptions): Promise<RealtimeTestClient> {
    const codec = await loadOpusCodec();
    let take: (packet: InboundAudio) => void = () => {};
    let adopt: (channel: MediaChannel) => void = () => {};
    const connection = createMediaConnection({
      clock: systemClock,
      logger: options.logger ?? silentLogger,
      channels: [EVENTS_CHANNEL_LABEL],
      dialCandidates: true,
      additionalHostAddresses: ['127.0.0.1'],
      onAudio: (packet) => take(packet),
    });
    const channels: MediaChannel[] = [];
    adopt = (channel) => channels.push(channel);
    connection.on('channel', (channel) => adopt(channel));
    try {
      const { answer, callId } = await postOffer(options, await connection.createOffer());
      const client = new RealtimeTestClient(options, callId, connection, codec);
      take = (packet) => client.#onAudio(packet);
      adopt = (channel) => client.#onChannel(channel);
      for (const channel of channels) adopt(channel);
      await connection.acceptAnswer(answer);
      await connection.whenConnected();
      await client.waitFor('session.created');
      client.microphone.start();
      return client;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  get state(): MediaConnection['state']['name'] {
    return this.#connection.state.name;
  }

  stats(): MediaConnectionStats {
    return this.#connection.stats();
  }

  /** Sends an event. */
  send(event: ClientEvent): void {
    this.sendText(encodeClientEvent(event));
  }

  /** Sends any text on the events channel. */
  sendText(text: string): void {
    this.#channel?.send(text);
  }

  /** Says mono PCM16 at 16 kHz in real time; resolves when the last packet has left. */
  say(pcm: Int16Array): Promise<void> {
    return this.microphone.say(pcm);
  }

  /** Says tones that spell a text: a scripted recogniser without a list hears it. */
  sayText(text: string): Promise<void> {
    return this.say(toneText(text, { sampleRateHz: HEARD_RATE_HZ }));
  }

  /**
   * The next event of this type that `matches`, behind the one the last wait found.
   * Rejects with `connect_timeout` after `timeoutMs` (default 15 s), naming the events that came instead.
   */
  async waitFor<Type extends ServerEventType>(
    type: Type,
    matches: (event: ServerEventOf<Type>) => boolean = () => true,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<ServerEventOf<Type>> {
    let found: ServerEventOf<Type> | undefined;
    const from = this.#cursor;
    const isFound = () => {
      for (let index = from; index < this.events.length; index++) {
        const event = this.events[index]?.event;
        if (event === undefined || !isOfType(event, type) || !matches(event)) continue;
        found = event;
        this.#cursor = index + 1;
        return true;
      }
      return false;
    };
    await this.until(isFound, `event ${type}`, timeoutMs);
    if (found === undefined) throw new VoiceBridgeError('internal', `No event ${type}`);
    return found;
  }

  /** Resolves as soon as `condition` holds; asked again after each event, packet and change of state. */
  until(condition: () => boolean, what: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        cancel();
        this.#waiters.delete(waiter);
        act();
      };
      const waiter: Waiter = { matches: condition, resolve: () => end(resolve) };
      const cancel = systemClock.after(timeoutMs, () => end(() => reject(this.#timeout(what, timeoutMs))));
      this.#waiters.add(waiter);
    });
  }

  /** The types of all events so far, in order. */
  types(): ServerEventType[] {
    return this.events.map(({ event }) => event.type);
  }

  /** Events of one type. */
  all<Type extends ServerEventType>(type: Type): ServerEventOf<Type>[] {
    return this.events.flatMap(({ event }) => (isOfType(event, type) ? [event] : []));
  }

  /** The assistant's audio so far, packets one behind the other without the pauses between: mono PCM16 at 16 kHz. */
  heard(): Int16Array {
    const decoder = this.#codec.createDecoder(HEARD_RATE_HZ);
    const parts = this.packets.map((packet) => decoder.decode(packet.payload));
    decoder.close();
    const pcm = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      pcm.set(part, at);
      at += part.length;
    }
    return pcm;
  }

  /** What a scripted voice has spelt so far. */
  heardText(): string {
    return readToneText(this.heard(), HEARD_RATE_HZ);
  }

  /** Ends the call at the server. */
  async hangUp(): Promise<Response> {
    const { url, apiKey = 'test' } = this.#options;
    return fetch(`${url}${hangupPath(this.callId)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
    });
  }

  /** Goes away and frees everything. */
  async close(): Promise<void> {
    this.microphone.close();
    await this.#connection.close();
    this.#wake();
  }

  #onChannel(channel: MediaChannel): void {
    this.#channel = channel;
    channel.receive((message) => {
      const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
      const parsed = parseServerEvent(text);
      if (!parsed.ok || parsed.value.type === 'other') this.misfits.push(text);
      else this.events.push({ event: parsed.value, at: systemClock.now() });
      this.#wake();
    });
    channel.on('close', () => this.#wake());
  }

  #onAudio(packet: InboundAudio): void {
    this.packets.push({ ...packet, payload: packet.payload.slice(), at: systemClock.now() });
    this.#wake();
  }

  #wake(): void {
    for (const waiter of this.#waiters) if (waiter.matches()) waiter.resolve();
  }

  #timeout(what: string, timeoutMs: number): VoiceBridgeError {
    const came = this.types().slice(this.#cursor).join(', ');
    return new VoiceBridgeError('connect_timeout', `No ${what} within ${timeoutMs} ms; came: ${came || 'nothing'}`);
  }
}

function isOfType<Type extends ServerEventType>(
  event: ServerEvent,
  type: Type,
): event is ServerEventOf<Type> & ServerEvent {
  return event.type === type;
}

async function postOffer({ url, apiKey = 'test', session }: RealtimeTestClientOptions, offer: string) {
  const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` };
  const request = { method: 'POST', headers, body: multipart(offer, session) } satisfies RequestInit;
  if (apiKey.startsWith('ek_')) Object.assign(headers, { 'content-type': 'application/sdp' });
  const response = await fetch(`${url}${CALLS_PATH}`, apiKey.startsWith('ek_') ? { ...request, body: offer } : request);
  const answer = await response.text();
  const callId = callIdOf(response.headers.get('location') ?? '');
  if (response.status !== 201 || callId === undefined) {
    throw new VoiceBridgeError(
      'model_rejected',
      `The call was answered with ${response.status}: ${answer.slice(0, 500)}`,
    );
  }
  return { answer, callId };
}

function multipart(offer: string, session: SessionConfig | undefined): FormData {
  const form = new FormData();
  form.set('sdp', offer);
  if (session !== undefined) form.set('session', JSON.stringify(session));
  return form;
}
