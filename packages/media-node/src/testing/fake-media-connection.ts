import { VoiceBridgeError } from '@voice-bridge/core';
import { ConnectionLife } from '../connection/connection-life.ts';
import type {
  MediaConnection,
  MediaConnectionEvents,
  MediaConnectionOptions,
  MediaConnectionState,
  MediaConnectionStats,
  OutboundAudio,
} from '../connection/media-connection.ts';
import { Negotiation } from '../connection/negotiation.ts';
import type { QueuedChannel } from '../connection/queued-channel.ts';
import { requireValid, validateAnswer, validateOffer } from '../connection/sdp-limits.ts';
import { type FakeChannelPair, fakeChannelPair } from './fake-channel-pair.ts';
import { type FakeMediaLine, fakeSdp, mediaLinesOf } from './fake-sdp.ts';
import { PacketPath } from './packet-path.ts';

/** What carries the audio packets from one fake connection to another; calls `deliver` zero, one or more times. */
export type FakeLink = (packet: OutboundAudio, deliver: (packet: OutboundAudio) => void) => void;

/** What a fake connection knows of the others. */
export interface FakeNetwork {
  readonly link: FakeLink;
  readonly hasReliableChannels: boolean;
  authorOf(sdp: string): FakeMediaConnection | undefined;
}

/** A {@link MediaConnection} in memory: same port, same states, same limits, no sockets. Made by a `FakeMediaNetwork`. */
export class FakeMediaConnection implements MediaConnection {
  /** What it was made with. */
  readonly options: MediaConnectionOptions;
  /** The ICE user name in its SDP, by which others find it. */
  readonly ufrag: string;
  /** Every packet given to `sendAudio` while connected, oldest first. */
  readonly sentAudio: OutboundAudio[] = [];
  readonly #ssrc: number;
  readonly #network: FakeNetwork;
  readonly #life: ConnectionLife;
  readonly #negotiation: Negotiation;
  readonly #path: PacketPath;
  readonly #channels = new Set<QueuedChannel>();
  #offered: readonly FakeChannelPair[] = [];
  #remote: FakeMediaConnection | undefined;
  #media: readonly FakeMediaLine[] = [];

  constructor(options: MediaConnectionOptions, network: FakeNetwork, number: number) {
    this.options = options;
    this.ufrag = `fake${number}`;
    this.#ssrc = 0x1000 + number;
    this.#network = network;
    this.#path = new PacketPath({ ...options, ssrc: this.#ssrc });
    this.#life = new ConnectionLife({ ...options, free: async () => this.#free() });
    this.#negotiation = new Negotiation(this.#life);
  }

  get state(): MediaConnectionState {
    return this.#life.state;
  }

  on<Name extends keyof MediaConnectionEvents>(
    event: Name,
    listener: (...args: MediaConnectionEvents[Name]) => void,
  ): () => void {
    return this.#life.events.on(event, listener);
  }

  createOffer(): Promise<string> {
    return this.#negotiation.offer(async () => {
      const { hasReliableChannels } = this.#network;
      this.#offered = (this.options.channels ?? []).map((label) => fakeChannelPair(label, hasReliableChannels));
      for (const { near } of this.#offered) {
        this.#channels.add(near);
        this.#life.events.emit('channel', near);
      }
      const kinds: FakeMediaLine['kind'][] = this.options.audio === false ? [] : ['audio'];
      if (this.#offered.length > 0) kinds.push('application');
      this.#media = kinds.map((kind, index) => ({ kind, mid: `${index}` }));
      return fakeSdp(this.ufrag, 'actpass', this.#media);
    });
  }

  acceptAnswer(sdp: string): Promise<void> {
    return this.#negotiation.accept(async () => {
      requireValid(validateAnswer(sdp));
      this.#life.connecting();
      this.#remote = this.#network.authorOf(sdp);
      if (this.#remote !== undefined) this.#connect(this.#remote);
    });
  }

  answerOffer(sdp: string): Promise<string> {
    return this.#negotiation.answer(async () => {
      requireValid(validateOffer(sdp));
      this.#life.connecting();
      this.#remote = this.#network.authorOf(sdp);
      this.#media = mediaLinesOf(sdp);
      return fakeSdp(this.ufrag, 'active', this.#media);
    });
  }

  whenConnected(): Promise<void> {
    return this.#life.whenConnected();
  }

  sendAudio(packet: OutboundAudio): void {
    this.#path.send(packet);
  }

  /** Lets this connection receive a packet from nowhere, as if the remote had sent it. */
  receiveAudio(packet: OutboundAudio, ssrc = this.#ssrc): void {
    this.#path.receive({ ...packet, ssrc, payloadType: this.#payloadType() ?? 0 });
  }

  stats(): MediaConnectionStats {
    return this.#path.stats();
  }

  close(error?: VoiceBridgeError): Promise<void> {
    return this.#life.end(error);
  }

  /** Lets the connection fail by itself, as when the network goes away; the other side learns it too. */
  lose(message = 'The network went away'): void {
    this.#life.fail(new VoiceBridgeError('ice_failed', message));
  }

  #connect(remote: FakeMediaConnection): void {
    queueMicrotask(() => {
      if (this.state.name === 'closed' || remote.state.name === 'closed') return;
      remote.#remote = this;
      for (const side of [this, remote]) side.#up();
      for (const pair of this.#offered) remote.#adopt(pair);
    });
  }

  #up(): void {
    const payloadType = this.#payloadType();
    if (payloadType !== undefined) this.#path.open(payloadType, (packet) => this.#transmit(packet));
    this.#life.connected();
  }

  #payloadType(): number | undefined {
    const audio = this.#media.find(({ kind }) => kind === 'audio');
    return audio === undefined ? undefined : (audio.payloadType ?? 111);
  }

  #transmit(packet: OutboundAudio): void {
    this.sentAudio.push(packet);
    const remote = this.#remote;
    this.#network.link(packet, (arrived) => queueMicrotask(() => remote?.receiveAudio(arrived, this.#ssrc)));
  }

  #adopt({ near, far }: FakeChannelPair): void {
    this.#channels.add(far);
    this.#life.events.emit('channel', far);
    far.rawOpened();
    near.rawOpened();
  }

  #free(): void {
    this.#path.close();
    for (const channel of this.#channels) channel.close();
    const remote = this.#remote;
    queueMicrotask(() => remote?.lose('The other side closed'));
  }
}
