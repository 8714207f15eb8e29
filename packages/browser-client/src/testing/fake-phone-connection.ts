import { VoiceBridgeError } from '@voice-bridge/core';
import type {
  PhoneCandidate,
  PhoneConnection,
  PhoneConnectionOptions,
  PhoneConnectionStats,
} from '../phone/shared/phone-connection.ts';
import type { RtcConnectionState } from '../rtc/rtc-connection.ts';
import { FakeStream, FakeTrack } from './fake-media.ts';

/** Connections of a desktop and its phones in one test: an answer to an offer connects the two. */
export class FakePhoneNetwork {
  /** Whether offers and answers lead to a connection. */
  passes = true;
  /** What the statistics say of every connection. */
  path: PhoneConnectionStats['path'] = 'direct';
  /** All that were opened, the newest last. */
  readonly connections: FakePhoneConnection[] = [];

  readonly open = (offers: boolean, options: PhoneConnectionOptions): FakePhoneConnection => {
    const connection = new FakePhoneConnection(this, offers, options);
    this.connections.push(connection);
    return connection;
  };

  /** The connections that offer, or those that answer. */
  ends(offers: boolean): FakePhoneConnection[] {
    return this.connections.filter((each) => each.offers === offers);
  }
}

/** A connection whose network is a {@link FakePhoneNetwork}. What is sent arrives a microtask later. */
export class FakePhoneConnection implements PhoneConnection {
  readonly offers: boolean;
  /** What is sent; null: nothing. */
  track: MediaStreamTrack | null;
  readonly candidates: PhoneCandidate[] = [];
  /** Offers made so far: more than one renews the path. */
  negotiations = 0;
  closed = false;
  readonly #network: FakePhoneNetwork;
  readonly #options: PhoneConnectionOptions;
  readonly #number: number;
  #other: FakePhoneConnection | null = null;

  constructor(network: FakePhoneNetwork, offers: boolean, options: PhoneConnectionOptions) {
    this.#network = network;
    this.#options = options;
    this.#number = network.connections.length;
    this.offers = offers;
    this.track = options.track;
  }

  async createOffer(): Promise<string> {
    this.negotiations++;
    return `offer ${this.#number}`;
  }

  async acceptOffer(sdp: string): Promise<string> {
    this.#other = this.#named('offer', sdp);
    return `answer ${this.#number}`;
  }

  async acceptAnswer(sdp: string): Promise<void> {
    const other = this.#named('answer', sdp);
    const renewed = this.#other === other;
    this.#other = other;
    if (!this.#network.passes) return;
    for (const end of [this, other]) queueMicrotask(() => end.#connected(renewed));
  }

  async addCandidate(candidate: PhoneCandidate): Promise<void> {
    this.candidates.push(candidate);
  }

  async setTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }

  send(text: string): boolean {
    const other = this.#other;
    if (this.closed || other === null || other.closed) return false;
    if (this.#network.passes) queueMicrotask(() => other.say(text));
    return true;
  }

  async stats(): Promise<PhoneConnectionStats> {
    return { path: this.#network.path, roundTripMs: 20, packetsReceived: 100, packetsLost: 0 };
  }

  close(): void {
    this.closed = true;
  }

  /** Finds an address of this end. */
  find(candidate: PhoneCandidate): void {
    if (!this.closed) this.#options.sinks.onCandidate(candidate);
  }

  /** Says something as the other end. */
  say(text: string): void {
    if (!this.closed) this.#options.sinks.onMessage(text);
  }

  changeState(state: RtcConnectionState): void {
    if (!this.closed) this.#options.sinks.onStateChanged(state);
  }

  /** Closes the data channel from the other end. */
  closeChannel(): void {
    if (!this.closed) this.#options.sinks.onChannelClosed();
  }

  #connected(renewed: boolean): void {
    if (this.closed || this.#other === null) return;
    this.#options.sinks.onStateChanged('connected');
    if (renewed) return;
    this.#options.sinks.onRemoteStream(new FakeStream(new FakeTrack(`of ${this.#other.#number}`)));
    this.#options.sinks.onChannelOpen();
  }

  #named(kind: 'offer' | 'answer', sdp: string): FakePhoneConnection {
    const [said, number] = sdp.split(' ');
    const other = this.#network.connections[Number(number)];
    if (said === kind && other !== undefined) return other;
    throw new VoiceBridgeError('invalid_offer', `The fake connection takes no ${sdp}`);
  }
}
