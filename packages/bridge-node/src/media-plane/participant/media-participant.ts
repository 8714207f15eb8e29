import {
  bytesToPcm16,
  type CancelTimer,
  type ClientControlMessage,
  type Clock,
  CONTROL_CHANNEL_LABEL,
  HEARTBEAT_MS,
  type Logger,
  type MediaStats,
  type ParticipantTransport,
  Pcm16Reader,
  type ServerControlMessage,
  TokenBucket,
  toVoiceBridgeError,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type {
  InboundAudio,
  MediaChannel,
  MediaConnection,
  MediaConnectionFactory,
  MediaConnectionState,
} from '@voice-bridge/media-node';
import type { JoinCommand, SessionOptions } from '../../seam/session-commands.ts';
import type { Outlet } from '../audio-path/audio-path.ts';
import { ControlChannel } from './control-channel.ts';
import { FrameQueue } from './frame-queue.ts';
import type { Participant, ParticipantEvent, ParticipantSinks } from './participant.ts';
import { readClientMessage } from './read-client-message.ts';

/** How a participant is made. */
export interface MediaParticipantOptions {
  readonly createConnection: MediaConnectionFactory;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly session: SessionOptions;
  readonly join: Extract<JoinCommand, { type: 'join' }>;
  /** What its audio comes and goes on: the media track it offers, or its data channel as PCM16, little-endian, 24 kHz mono. */
  readonly audio: 'track' | 'channel';
  readonly sinks: ParticipantSinks;
}

/** Heartbeats without a sign of life after which a participant is gone; one that comes late, because the process stood still, counts once. */
export const MISSED_HEARTBEATS = 3;
/** Messages of sound a client may send on its data channel in a second, and at once; more are dropped. */
const SOUNDS_PER_SECOND = 250;

/** A client over WebRTC: the connection that answers its offer, its control channel, and whether it still lives. */
export class MediaParticipant implements Participant {
  readonly outlet: Outlet;
  readonly #options: MediaParticipantOptions;
  readonly #connection: MediaConnection;
  #state: 'answering' | 'offered' | 'connecting' | 'joined' | 'ended' = 'answering';
  /** Reads what comes as sound. */
  #readSamples: (bytes: Uint8Array) => Int16Array = bytesToPcm16;
  readonly #sounds: TokenBucket;
  #control: ControlChannel | undefined;
  #frames: FrameQueue | undefined;
  #controlOpen = false;
  #cancelHeartbeat: CancelTimer = () => {};
  #pings = 0;
  /** Undefined until there is anything to expect: a listener without a control channel may be silent for good. */
  #missed: number | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: MediaParticipantOptions) {
    this.#options = options;
    const { iceServers, additionalHostAddresses, portRange, connectTimeoutMs } = options.session;
    this.#connection = options.createConnection({
      onAudio: (packet) => this.#receiveAudio(packet),
      dialCandidates: false,
      channels: options.join.offer === null ? [CONTROL_CHANNEL_LABEL] : [],
      iceServers,
      additionalHostAddresses,
      ...(portRange === undefined ? {} : { portRange }),
      connectTimeoutMs,
      clock: options.clock,
      logger: options.logger,
    });
    this.#sounds = new TokenBucket(SOUNDS_PER_SECOND, SOUNDS_PER_SECOND, options.clock.now());
    this.outlet =
      options.audio === 'track'
        ? { format: 'opus', send: (packet) => this.#connection.sendAudio(packet) }
        : { format: 'pcm', send: (frame) => this.#frames?.push(frame, options.clock.now()) };
    this.#connection.on('stateChanged', (state) => this.#connectionChanged(state));
    this.#connection.on('channel', (channel) => this.#takeChannel(channel));
  }

  /** Answers the offer, or makes one; `answered` or `refused` tells how it went. */
  start(): void {
    const { offer } = this.#options.join;
    const sdp = offer === null ? this.#connection.createOffer() : this.#connection.answerOffer(offer);
    sdp.then(
      (answer) => this.#answered(answer),
      (error: unknown) => this.#refuse(toVoiceBridgeError(error, 'internal', 'The offer could not be answered')),
    );
  }

  takeAnswer(answer: string): void {
    if (this.#state !== 'offered') return;
    this.#state = 'connecting';
    this.#connection.acceptAnswer(answer).catch((error: unknown) => {
      this.#refuse(toVoiceBridgeError(error, 'invalid_offer', 'The answer could not be taken'));
    });
  }

  /** Sends one message on the control channel; dropped while there is none. */
  send(message: ServerControlMessage): void {
    if (this.#controlOpen) this.#control?.send(message);
  }

  /** How its connection is. */
  stats(): readonly MediaStats[] {
    return this.#connection.stats().report;
  }

  /** Tells the client why, then ends the connection and frees it. Idempotent and final. */
  close(farewell: ServerControlMessage | undefined): Promise<void> {
    this.#closed ??= this.#close(farewell);
    return this.#closed;
  }

  async #close(farewell: ServerControlMessage | undefined): Promise<void> {
    this.#state = 'ended';
    this.#cancelHeartbeat();
    // A browser sees a closed connection only seconds later, a message at once.
    if (farewell !== undefined && this.#controlOpen) await this.#control?.farewell(farewell);
    this.#controlOpen = false;
    await this.#connection.close();
  }

  #receiveAudio(packet: InboundAudio): void {
    if (this.#state === 'ended') return;
    this.#missed = 0;
    this.#options.sinks.onPacket(packet);
  }

  #receiveSound(bytes: Uint8Array): void {
    const { clock, sinks } = this.#options;
    this.#missed = 0;
    // Also what is dropped is read: it may end in the middle of a sample.
    const samples = this.#readSamples(bytes);
    if (this.#state === 'joined' && this.#sounds.take(clock.now())) sinks.onPcm(samples);
  }

  #connectionChanged(state: MediaConnectionState): void {
    if (state.name === 'connected') {
      if (this.#options.audio === 'track') this.#join('webrtc');
    } else if (state.name === 'closed') {
      this.#connectionClosed(state.error);
    }
  }

  #join(transport: ParticipantTransport): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'joined';
    this.#report({ type: 'joined', transport });
    this.#beat();
  }

  #connectionClosed(error: VoiceBridgeError | undefined): void {
    if (this.#state === 'answering')
      this.#refuse(error ?? new VoiceBridgeError('aborted', 'The connection was closed'));
    else if (error === undefined) this.#end({ type: 'left', reason: 'left' });
    else if (error.code === 'connect_timeout') this.#end({ type: 'left', reason: 'connect_timeout' });
    else this.#end({ type: 'left', reason: 'connection_lost' });
  }

  #answered(answer: string): void {
    if (this.#state !== 'answering') return;
    this.#state = this.#options.join.offer === null ? 'offered' : 'connecting';
    this.#report({ type: 'answered', answer });
  }

  #refuse({ code, message }: VoiceBridgeError): void {
    this.#end({ type: 'refused', code, message });
  }

  #takeChannel(channel: MediaChannel): void {
    const { audio, clock, logger } = this.#options;
    const carriesSound = audio === 'channel';
    if (this.#control !== undefined || !(carriesSound || channel.label === CONTROL_CHANNEL_LABEL)) {
      channel.close();
      return;
    }
    this.#control = new ControlChannel(
      channel,
      {
        onSign: () => {
          this.#missed = 0;
        },
        onMessage: (message) => this.#receiveMessage(message),
        ...(carriesSound ? { onSound: (bytes: Uint8Array) => this.#receiveSound(bytes) } : {}),
        onFlood: () => this.#end({ type: 'left', reason: 'rate_limited' }),
        onStall: () => this.#end({ type: 'left', reason: 'connection_lost' }),
      },
      clock,
      logger,
    );
    if (carriesSound) this.#frames = new FrameQueue(channel);
    const pcm = new Pcm16Reader();
    // Where a message may be lost or overtaken, its last half of a sample belongs to no other.
    if (channel.isReliable) this.#readSamples = (bytes) => pcm.push(bytes);
    channel.on('close', () => {
      this.#controlOpen = false;
      this.#end({ type: 'left', reason: 'left' });
    });
    if (channel.open) this.#controlOpened();
    else channel.on('open', () => this.#controlOpened());
  }

  #controlOpened(): void {
    if (this.#controlOpen || this.#state === 'ended') return;
    if (this.#options.audio === 'channel') this.#join('data_channel');
    this.#controlOpen = true;
    this.#missed = 0;
    this.#report({ type: 'controlOpened' });
    this.#beat();
  }

  #receiveMessage(message: ClientControlMessage): void {
    const meaning = readClientMessage(message, this.#options.join.textLength);
    if (meaning.type === 'left') this.#end(meaning);
    else if (meaning.type === 'error') this.send(meaning);
    else if (meaning.type === 'request') this.#report(meaning);
  }

  #beat(): void {
    if (this.#state === 'ended') return;
    const { clock } = this.#options;
    this.#cancelHeartbeat();
    if (this.#missed === MISSED_HEARTBEATS) {
      this.#end({ type: 'left', reason: 'connection_lost' });
      return;
    }
    if (this.#missed !== undefined) this.#missed++;
    this.send({ type: 'ping', id: this.#pings++ });
    this.#cancelHeartbeat = clock.after(HEARTBEAT_MS, () => this.#beat());
  }

  #end(event: ParticipantEvent): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#cancelHeartbeat();
    this.#options.sinks.onEvent(event);
  }

  #report(event: ParticipantEvent): void {
    if (this.#state !== 'ended') this.#options.sinks.onEvent(event);
  }
}
