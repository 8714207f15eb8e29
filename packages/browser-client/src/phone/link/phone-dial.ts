import {
  type CancelTimer,
  type DesktopMessage,
  type IceServer,
  PHONE_PING_MS,
  type SignalingMessage,
  type VoiceBridgeError,
} from '@voice-bridge/core';
import { abortable } from '../../abortable.ts';
import { SilenceWatch } from '../../bridge/silence-watch.ts';
import type { RtcConnectionState } from '../../rtc/rtc-connection.ts';
import { MessageGate } from '../shared/message-gate.ts';
import type { PhoneCandidate, PhoneConnection, PhoneConnectionStats } from '../shared/phone-connection.ts';
import type { SignalingHost } from '../shared/signaling-host.ts';

/** What a {@link PhoneDial} tells. Nothing after `close()`. */
export interface PhoneDialSinks {
  onConnected(): void;
  /** Nothing passes; it may heal. */
  onDisconnected(): void;
  /** It is over; null: nothing to tell anybody. */
  onFailed(error: unknown): void;
  /** The phone sends so much that the connection is to end, and no other to be tried. */
  onFlood(error: VoiceBridgeError): void;
  onStream(stream: MediaStream): void;
  onChannelOpen(): void;
  onMessage(text: string): void;
  /** {@link PhoneDial.path} or {@link PhoneDial.roundTripMs} is another one. */
  onMeasured(): void;
}

/** What a {@link PhoneDial} works with. */
export interface PhoneDialOptions {
  readonly connectionId: string;
  readonly host: Pick<SignalingHost, 'clock' | 'openConnection'>;
  readonly iceServers: () => Promise<readonly IceServer[]>;
  readonly track: MediaStreamTrack;
  readonly signal: (message: SignalingMessage) => void;
  readonly sinks: PhoneDialSinks;
}

const MISSED_PINGS = 3;

/** The desktop's end of one connection to a phone, from its offer to its end. */
export class PhoneDial {
  readonly connectionId: string;
  path: PhoneConnectionStats['path'] = null;
  roundTripMs: number | null = null;
  readonly #options: PhoneDialOptions;
  readonly #over = new AbortController();
  readonly #gate: MessageGate;
  readonly #pings = new Map<number, number>();
  #pingNumber = 0;
  #connection: PhoneConnection | null = null;
  #watch: SilenceWatch | null = null;
  #cancelPing: CancelTimer = () => {};
  #expectsAnswer = false;
  /** Our addresses, until the phone has the offer they belong to. */
  #unsaid: PhoneCandidate[] | null = [];

  constructor(options: PhoneDialOptions) {
    this.#options = options;
    this.connectionId = options.connectionId;
    this.#gate = new MessageGate(options.host.clock, (error) => options.sinks.onFlood(error));
  }

  /** Offers the connection, or a new path for it; `onFailed` tells when that does not work. */
  offer(): void {
    this.#offer().catch((error: unknown) => this.#fail(error));
  }

  /** Takes the phone's answer; one that nobody asked for is dropped. */
  acceptAnswer(sdp: string): void {
    if (!this.#expectsAnswer) return;
    this.#expectsAnswer = false;
    this.#connection?.acceptAnswer(sdp).catch((error: unknown) => this.#fail(error));
  }

  addCandidate(candidate: PhoneCandidate): void {
    this.#connection?.addCandidate(candidate).catch(() => {});
  }

  tell(message: DesktopMessage): boolean {
    return this.#connection?.send(JSON.stringify(message)) ?? false;
  }

  /** Asks for a sign of life, and measures the round trip. */
  ping(): void {
    const id = ++this.#pingNumber;
    this.#pings.set(id, this.#options.host.clock.now());
    this.#pings.delete(id - MISSED_PINGS);
    this.tell({ type: 'ping', id });
  }

  /** The phone answered a ping. */
  ponged(id: number): void {
    const sentAt = this.#pings.get(id);
    if (sentAt === undefined) return;
    this.#pings.delete(id);
    this.#measured({ roundTripMs: Math.round(this.#options.host.clock.now() - sentAt) });
  }

  /** Ends the connection; idempotent and final. */
  close(): void {
    this.#over.abort();
    this.#cancelPing();
    this.#watch?.close();
    this.#connection?.close();
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  async #offer(): Promise<void> {
    const connection = this.#connection ?? (await this.#open());
    this.#unsaid ??= [];
    const sdp = await abortable(connection.createOffer(), this.#over.signal);
    if (this.#isOver) return;
    this.#expectsAnswer = true;
    this.#say({ type: 'offer', sdp });
    for (const candidate of this.#unsaid ?? []) this.#say({ type: 'candidate', candidate });
    this.#unsaid = null;
  }

  async #open(): Promise<PhoneConnection> {
    const { host, track, sinks } = this.#options;
    const iceServers = await abortable(this.#options.iceServers(), this.#over.signal);
    this.#connection = host.openConnection(true, {
      iceServers,
      track,
      sinks: {
        onStateChanged: (state) => this.#stateChanged(state),
        onCandidate: (candidate) => {
          if (this.#unsaid === null) this.#say({ type: 'candidate', candidate });
          else this.#unsaid.push(candidate);
        },
        onRemoteStream: (stream) => sinks.onStream(stream),
        onChannelOpen: () => this.#channelOpen(),
        onMessage: (text) => this.#heard(text),
        onChannelClosed: () => this.#fail(null),
      },
    });
    // Closed in the moment between: nothing may stay open.
    if (this.#isOver) this.#connection.close();
    return this.#connection;
  }

  #say(message: SignalingMessage): void {
    if (!this.#isOver) this.#options.signal({ ...message, connection_id: this.connectionId });
  }

  #stateChanged(state: RtcConnectionState): void {
    const { sinks } = this.#options;
    if (state === 'connected') {
      sinks.onConnected();
      this.#look();
    } else if (state === 'disconnected') sinks.onDisconnected();
    else if (state === 'failed' || state === 'closed') this.#fail(null);
  }

  #channelOpen(): void {
    const { host, sinks } = this.#options;
    this.#watch = new SilenceWatch(host.clock, MISSED_PINGS * PHONE_PING_MS, () => this.#silent());
    const again = () => {
      this.#cancelPing = host.clock.after(PHONE_PING_MS, again);
      this.ping();
      this.#look();
    };
    sinks.onChannelOpen();
    if (!this.#isOver) again();
  }

  #heard(text: string): void {
    this.#watch?.heard();
    if (this.#gate.passes()) this.#options.sinks.onMessage(text);
  }

  #silent(): void {
    this.#watch?.heard();
    this.#options.sinks.onDisconnected();
  }

  /** Looks which path is in use. */
  #look(): void {
    this.#connection?.stats().then(
      ({ path }) => this.#measured({ path }),
      () => {},
    );
  }

  #measured({
    path = this.path,
    roundTripMs = this.roundTripMs,
  }: Partial<Pick<PhoneDial, 'path' | 'roundTripMs'>>): void {
    if (this.#isOver || (path === this.path && roundTripMs === this.roundTripMs)) return;
    this.path = path;
    this.roundTripMs = roundTripMs;
    this.#options.sinks.onMeasured();
  }

  #fail(error: unknown): void {
    if (!this.#isOver) this.#options.sinks.onFailed(error);
  }
}
