import {
  type Clock,
  type DesktopMessage,
  type IceServer,
  PHONE_PING_MS,
  type PhoneMessage,
  parseDesktopMessage,
  type SignalingMessage,
  type VoiceBridgeError,
} from '@voice-bridge/core';
import { failureOf } from '../../abortable.ts';
import { SilenceWatch } from '../../bridge/silence-watch.ts';
import type { RtcConnectionState } from '../../rtc/rtc-connection.ts';
import { MessageGate } from '../shared/message-gate.ts';
import type {
  PhoneCandidate,
  PhoneConnection,
  PhoneConnectionFactory,
  PhoneConnectionStats,
} from '../shared/phone-connection.ts';
import { versionMismatch } from '../shared/version-mismatch.ts';
import type { ConnectionId } from './phone-life.ts';

/** What a {@link DesktopLink} tells. Nothing after `close()`. */
export interface DesktopLinkSinks {
  onConnected(): void;
  /** Nothing passes; it may heal. */
  onBroken(): void;
  /** It is over; with the reason where there was one to catch. */
  onFailed(error?: VoiceBridgeError): void;
  /** It is to end, and no other to be tried: the desktop sends too much, or speaks another version. */
  onRefused(error: VoiceBridgeError): void;
  /** The desktop said something: it is there. */
  onMessage(message: DesktopMessage): void;
  onChannelOpen(): void;
  onRemoteStream(stream: MediaStream): void;
}

/** What a {@link DesktopLink} works with. */
export interface DesktopLinkOptions {
  readonly connectionId: ConnectionId;
  readonly openConnection: PhoneConnectionFactory;
  readonly iceServers: () => Promise<readonly IceServer[]>;
  /** The audio sent at first. */
  readonly track: MediaStreamTrack;
  /** Says something to the desktop by the signaling. */
  readonly signal: (message: SignalingMessage) => void;
  readonly clock: Clock;
  readonly sinks: DesktopLinkSinks;
}

const MISSED_PINGS = 3;

/** The phone's end of one connection to its desktop, from the offer to its end. */
export class DesktopLink {
  readonly #options: DesktopLinkOptions;
  readonly #over = new AbortController();
  readonly #gate: MessageGate;
  /** Offers and candidates are taken one after the other, in the order they came. */
  #taking: Promise<void> = Promise.resolve();
  #connection: PhoneConnection | null = null;
  #track: MediaStreamTrack;
  #watch: SilenceWatch | null = null;
  #greeted = false;
  /** Our addresses, until the desktop has the answer they belong to. */
  #unsaid: PhoneCandidate[] | null = [];

  constructor(options: DesktopLinkOptions) {
    this.#options = options;
    this.#track = options.track;
    this.#gate = new MessageGate(options.clock, (error) => options.sinks.onRefused(error));
  }

  /** Answers an offer, the first or one for a new path; `onFailed` tells when that does not work. */
  answer(sdp: string): void {
    this.#take(async () => {
      const connection = this.#connection ?? (await this.#open());
      if (connection === null) return;
      this.#unsaid ??= [];
      const answer = await connection.acceptOffer(sdp);
      this.#say({ type: 'answer', sdp: answer });
      for (const candidate of this.#unsaid) this.#say({ type: 'candidate', candidate });
      this.#unsaid = null;
    });
  }

  /** Adds an address of the desktop. */
  addCandidate(candidate: PhoneCandidate): void {
    this.#take(async () => this.#connection?.addCandidate(candidate));
  }

  /** Sends another track. */
  setTrack(track: MediaStreamTrack): void {
    this.#track = track;
    this.#take(async () => this.#connection?.setTrack(this.#track));
  }

  /** Tells the desktop something on the data channel; false when there is no way to. */
  tell(message: PhoneMessage): boolean {
    return this.#connection?.send(JSON.stringify(message)) ?? false;
  }

  /** Null while there is nothing to count. */
  async stats(): Promise<PhoneConnectionStats | null> {
    return this.#connection?.stats().catch(() => null) ?? null;
  }

  /** Ends the connection; idempotent and final. */
  close(): void {
    this.#over.abort();
    this.#watch?.close();
    this.#connection?.close();
  }

  #take(task: () => Promise<void> | undefined): void {
    this.#taking = this.#taking
      .then(() => (this.#isOver ? undefined : task()))
      .catch((thrown: unknown) => {
        if (!this.#isOver) this.#options.sinks.onFailed(failureOf(thrown, this.#over.signal));
      });
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  async #open(): Promise<PhoneConnection | null> {
    const iceServers = await this.#options.iceServers();
    // Closed in the moment between: nothing may be opened any more.
    if (this.#isOver) return null;
    const { openConnection, sinks } = this.#options;
    this.#connection = openConnection(false, {
      iceServers,
      track: this.#track,
      sinks: {
        onStateChanged: (state) => this.#changed(state),
        onCandidate: (candidate) => {
          if (this.#unsaid === null) this.#say({ type: 'candidate', candidate });
          else this.#unsaid.push(candidate);
        },
        onRemoteStream: (stream) => sinks.onRemoteStream(stream),
        onChannelOpen: () => this.#channelOpened(),
        onMessage: (text) => this.#heard(text),
        onChannelClosed: () => sinks.onFailed(),
      },
    });
    return this.#connection;
  }

  #say(message: SignalingMessage): void {
    const { connectionId, signal } = this.#options;
    if (this.#isOver) return;
    signal(connectionId === undefined ? message : { ...message, connection_id: connectionId });
  }

  #channelOpened(): void {
    // A channel of the other end can be open before it tells so.
    if (this.#greeted) return;
    this.#greeted = true;
    this.#options.sinks.onChannelOpen();
  }

  #changed(state: RtcConnectionState): void {
    const { sinks } = this.#options;
    if (state === 'connected') sinks.onConnected();
    else if (state === 'disconnected') sinks.onBroken();
    else if (state === 'failed' || state === 'closed') sinks.onFailed();
  }

  #heard(text: string): void {
    const { clock, sinks } = this.#options;
    this.#watch ??= new SilenceWatch(clock, MISSED_PINGS * PHONE_PING_MS, () => sinks.onBroken());
    this.#watch.heard();
    if (!this.#gate.passes()) return;
    const parsed = parseDesktopMessage(text);
    // A message of a newer desktop that this page does not know is none of its business.
    if (!parsed.ok) return;
    const message = parsed.value;
    const mismatch = versionMismatch(message);
    if (mismatch !== null) {
      this.tell({ type: 'bye', reason: 'protocol_mismatch' });
      sinks.onRefused(mismatch);
      return;
    }
    if (message.type === 'ping') this.tell({ type: 'pong', id: message.id });
    sinks.onMessage(message);
  }
}
