import {
  type ClientControlMessage,
  type Clock,
  CONTROL_CHANNEL_LABEL,
  type ParticipantRole,
  parseServerControl,
  type ServerControlMessage,
} from '@voice-bridge/core';
import { type InboundAudio, type MediaChannel, OPUS_SILENCE } from '@voice-bridge/media-node';
import type { FakeMediaConnection, FakeMediaNetwork } from '@voice-bridge/media-node/testing';
import { speechPacket } from './fake-model.ts';

/** How a client differs from a browser on its best behaviour. */
export interface FakeClientOptions {
  /** Whether it answers pings; default true. */
  readonly pongs?: boolean;
  /** Labels of its data channels; default the control channel alone. */
  readonly channels?: readonly string[];
  /** Whether it offers a media track; default true. Without one, its sound is PCM on its data channel. */
  readonly audio?: boolean;
  /** Longest text the bridge lets it type; default 4,000. */
  readonly textLength?: number;
  /** Default none. */
  readonly name?: string;
  /** Default speaker. */
  readonly role?: ParticipantRole;
  /** Default false. */
  readonly moderator?: boolean;
}

/** What its join says of a client. */
export function profileOf({ name, role = 'speaker', moderator = false, textLength = 4_000 }: FakeClientOptions = {}) {
  return { name: name ?? null, role, moderator, textLength };
}

/** A browser in memory: makes an offer over a fake network, answers pings, keeps what it is told. */
export class FakeClient {
  readonly connection: FakeMediaConnection;
  /** Every control message but pings, oldest first. */
  readonly messages: ServerControlMessage[] = [];
  /** Every packet of sound the bridge sent. */
  readonly audio: InboundAudio[] = [];
  /** Every piece of PCM the bridge sent on the data channel. */
  readonly pcm: Uint8Array[] = [];
  /** Packets of silence the bridge sent. */
  silences = 0;
  pings = 0;
  readonly #channels: MediaChannel[] = [];

  constructor(network: FakeMediaNetwork, clock: Clock, options: FakeClientOptions = {}) {
    this.connection = network.create({
      clock,
      channels: options.channels ?? [CONTROL_CHANNEL_LABEL],
      audio: options.audio ?? true,
      onAudio: (packet) => this.#hear(packet),
    });
    this.connection.on('channel', (channel) => {
      this.#channels.push(channel);
      channel.receive((message) => {
        if (typeof message === 'string') this.#receive(message, options.pongs ?? true);
        else this.pcm.push(message.slice());
      });
    });
  }

  /** Control messages of one type, oldest first. */
  got<Type extends ServerControlMessage['type']>(type: Type): Extract<ServerControlMessage, { type: Type }>[] {
    return this.messages.filter(
      (message): message is Extract<ServerControlMessage, { type: Type }> => message.type === type,
    );
  }

  /** Labels of its data channels that are open. */
  get openChannels(): string[] {
    return this.#channels.filter(({ open }) => open).map(({ label }) => label);
  }

  send(message: ClientControlMessage): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(message: string | Uint8Array): void {
    this.#channels[0]?.send(message);
  }

  /** Closes the control channel as a page that goes away does. */
  closeChannel(): void {
    this.#channels[0]?.close();
  }

  /** Sends one packet of speech. */
  speak(sequenceNumber: number): void {
    this.connection.sendAudio({
      sequenceNumber,
      timestamp: sequenceNumber * 960,
      marker: false,
      payload: speechPacket(sequenceNumber),
    });
  }

  #hear(packet: InboundAudio): void {
    if (OPUS_SILENCE.every((byte, i) => packet.payload[i] === byte)) this.silences++;
    else this.audio.push({ ...packet, payload: packet.payload.slice() });
  }

  #receive(text: string, pongs: boolean): void {
    const parsed = parseServerControl(text);
    if (!parsed.ok) throw new Error(`The bridge sent what a client refuses: ${parsed.problem}`);
    if (parsed.value.type !== 'ping') {
      this.messages.push(parsed.value);
      return;
    }
    this.pings++;
    if (pongs) this.send({ type: 'pong', id: parsed.value.id });
  }
}
