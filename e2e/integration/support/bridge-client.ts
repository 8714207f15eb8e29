import {
  type BridgeResponse,
  bridgePath,
  bridgeResponseSchema,
  type ClientControlMessage,
  CONTROL_CHANNEL_LABEL,
  ENDPOINTS,
  type ParticipantRole,
  parseServerControl,
  parseValue,
  type ServerControlMessage,
} from '@voice-bridge/core';
import { readToneText } from '@voice-bridge/local-realtime/testing';
import {
  createMediaConnection,
  loadOpusCodec,
  type MediaChannel,
  type MediaConnection,
  type OpusCodec,
} from '@voice-bridge/media-node';
import { Microphone } from './microphone.ts';
import { realClock } from './real-clock.ts';

const HEARD_RATE_HZ = 16_000;

/** One packet of the assistant and when it came, in ms of `performance.now()`. */
export interface HeardPacket {
  readonly sequenceNumber: number;
  readonly payload: Uint8Array;
  readonly at: number;
}

/** One control message and when it came. */
export interface ToldMessage {
  readonly message: ServerControlMessage;
  readonly at: number;
}

type MessageOf<Type extends ServerControlMessage['type']> = Extract<ServerControlMessage, { type: Type }>;

/** How a client asks to be let in. */
export interface ClientWishes {
  /** Who it is, as a bearer token; default: nobody in particular. */
  readonly token?: string;
  /** Joins the conversation's session; default: opens one of its own. */
  readonly join?: boolean;
  readonly name?: string;
  /** Default speaker. */
  readonly role?: ParticipantRole;
}

/** A client of the bridge in Node, over real WebRTC: speaks, listens, and waits for what it is told without sleeping. */
export class BridgeClient {
  readonly sessionId: string;
  readonly told: ToldMessage[] = [];
  readonly packets: HeardPacket[] = [];
  readonly microphone: Microphone;
  readonly participantId: string;
  readonly #url: string;
  readonly #conversationId: string;
  readonly #connection: MediaConnection;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #codec: OpusCodec;
  readonly #wakers = new Set<() => void>();
  #channel: MediaChannel | undefined;
  #cursor = 0;

  private constructor({ url, conversationId, headers, response }: Admission, codec: OpusCodec, wires: Wires) {
    this.#url = url;
    this.#conversationId = conversationId;
    this.#headers = headers;
    this.sessionId = response.session_id;
    this.participantId = response.participant_id ?? '';
    this.#codec = codec;
    this.#connection = wires.connection;
    this.microphone = new Microphone(codec, (packet) => wires.connection.sendAudio(packet));
    wires.onAudio = (packet) => {
      this.packets.push(packet);
      this.#wake();
    };
    wires.connection.on('stateChanged', () => this.#wake());
    if (wires.channel !== undefined) this.#takeChannel(wires.channel);
  }

  /** Asks the bridge, joins, and resolves when it was told where the session stands. The microphone sends silence from then on. */
  static async connect(url: string, conversationId: string, wishes: ClientWishes = {}): Promise<BridgeClient> {
    const { token, ...rest } = wishes;
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const codec = await loadOpusCodec();
    const wires = createWires();
    const offer = await wires.connection.createOffer();
    const response = await fetch(`${url}${ENDPOINTS.bridge}`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ conversation_id: conversationId, offer, ...rest }),
    });
    const body = await response.text();
    const parsed = parseValue(bridgeResponseSchema, response.ok ? JSON.parse(body) : undefined);
    if (!parsed.ok) {
      await wires.connection.close();
      throw new BridgeRefusal(response.status, body);
    }
    const client = new BridgeClient({ url, conversationId, headers, response: parsed.value }, codec, wires);
    await wires.connection.acceptAnswer(parsed.value.answer);
    await client.waitFor('joined');
    client.microphone.start();
    return client;
  }

  get state(): MediaConnection['state']['name'] {
    return this.#connection.state.name;
  }

  send(message: ClientControlMessage): void {
    this.#channel?.send(JSON.stringify(message));
  }

  /** Types text over HTTP. */
  async postText(text: string): Promise<Response> {
    return fetch(`${this.#url}${bridgePath(this.#conversationId)}/text`, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify({ text }),
    });
  }

  /** Ends the session over HTTP. */
  async delete(): Promise<Response> {
    return fetch(`${this.#url}${bridgePath(this.#conversationId)}`, { method: 'DELETE', headers: this.#headers });
  }

  /** The next message of this type that `matches`, behind the one the last wait found. */
  async waitFor<Type extends ServerControlMessage['type']>(
    type: Type,
    matches: (message: MessageOf<Type>) => boolean = () => true,
    timeoutMs = 15_000,
  ): Promise<MessageOf<Type> & { readonly at: number }> {
    let found: (MessageOf<Type> & { readonly at: number }) | undefined;
    const from = this.#cursor;
    await this.until(
      () => {
        for (let index = from; index < this.told.length; index++) {
          const told = this.told[index];
          if (told === undefined || !isOfType(told.message, type) || !matches(told.message)) continue;
          this.#cursor = index + 1;
          found = { ...told.message, at: told.at };
          return true;
        }
        return false;
      },
      `${type} message`,
      timeoutMs,
    );
    if (found === undefined) throw new Error(`No ${type}`);
    return found;
  }

  /** Resolves as soon as `condition` holds; asked again after each message, packet and change of state. */
  until(condition: () => boolean, what: string, timeoutMs = 15_000): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition()) return;
        cancel();
        this.#wakers.delete(check);
        resolve();
      };
      const cancel = realClock.after(timeoutMs, () => {
        this.#wakers.delete(check);
        const came = this.told.slice(this.#cursor).map(({ message }) => message.type);
        reject(new Error(`No ${what} within ${timeoutMs} ms; came: ${came.join(', ') || 'nothing'}`));
      });
      this.#wakers.add(check);
    });
  }

  /** The messages of one type so far. */
  all<Type extends ServerControlMessage['type']>(type: Type): MessageOf<Type>[] {
    return this.told.flatMap(({ message }) => (isOfType(message, type) ? [message] : []));
  }

  /** The text of the conversation's last line of this role. */
  lastLine(role: 'user' | 'assistant'): string {
    return this.all('transcript').findLast(({ entry }) => entry.role === role)?.entry.text ?? '';
  }

  /** How loud each packet since `from` (ms) is: root mean square of its samples. */
  loudness(from = 0): { readonly at: number; readonly level: number }[] {
    const decoder = this.#codec.createDecoder(16_000);
    const levels = this.packets.map(({ payload, at }) => ({ at, level: rms(decoder.decode(payload)) }));
    decoder.close();
    return levels.filter(({ at }) => at >= from);
  }

  /** Everything that was heard since `from` (ms), one packet after the other: mono PCM16 at 16 kHz. */
  heard(from = 0): Int16Array {
    const decoder = this.#codec.createDecoder(HEARD_RATE_HZ);
    const sounds = this.packets.filter(({ at }) => at >= from).map(({ payload }) => decoder.decode(payload));
    decoder.close();
    const pcm = new Int16Array(sounds.reduce((length, sound) => length + sound.length, 0));
    sounds.reduce((offset, sound) => {
      pcm.set(sound, offset);
      return offset + sound.length;
    }, 0);
    return pcm;
  }

  /** What a scripted model said, as it was heard since `from` (ms). */
  heardText(from = 0): string {
    return readToneText(this.heard(from), HEARD_RATE_HZ);
  }

  /** Goes away without a word. */
  async vanish(): Promise<void> {
    this.microphone.close();
    await this.#connection.close();
  }

  #takeChannel(channel: MediaChannel): void {
    this.#channel = channel;
    channel.receive((message) => {
      const parsed = parseServerControl(String(message));
      if (!parsed.ok) throw new Error(`Not in the protocol: ${parsed.problem}`);
      if (parsed.value.type === 'ping') this.send({ type: 'pong', id: parsed.value.id });
      else this.told.push({ message: parsed.value, at: performance.now() });
      this.#wake();
    });
    channel.on('close', () => this.#wake());
  }

  #wake(): void {
    for (const check of [...this.#wakers]) check();
  }
}

/** The bridge said no. */
export class BridgeRefusal extends Error {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`HTTP ${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

interface Admission {
  readonly url: string;
  readonly conversationId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly response: BridgeResponse;
}

interface Wires {
  readonly connection: MediaConnection;
  channel: MediaChannel | undefined;
  onAudio: (packet: HeardPacket) => void;
}

function createWires(): Wires {
  const connection = createMediaConnection({
    clock: realClock,
    channels: [CONTROL_CHANNEL_LABEL],
    dialCandidates: true,
    additionalHostAddresses: ['127.0.0.1'],
    onAudio: ({ sequenceNumber, payload }) => {
      wires.onAudio({ sequenceNumber, payload: payload.slice(), at: performance.now() });
    },
  });
  const wires: Wires = { connection, channel: undefined, onAudio: () => {} };
  connection.on('channel', (channel) => {
    wires.channel = channel;
  });
  return wires;
}

function isOfType<Type extends ServerControlMessage['type']>(
  message: ServerControlMessage,
  type: Type,
): message is MessageOf<Type> & ServerControlMessage {
  return message.type === type;
}

function rms(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, pcm.length));
}
