import {
  type DesktopMessage,
  type IceServer,
  Machine,
  type PhoneId,
  type PhoneMessage,
  parsePhoneMessage,
  type SignalingEvent,
  type SignalingMessage,
  toVoiceBridgeError,
  type VoiceBridgeError,
} from '@voice-bridge/core';
import type { SignalingHost } from '../shared/signaling-host.ts';
import { versionMismatch } from '../shared/version-mismatch.ts';
import type { PhoneView } from './desktop-end.ts';
import { PhoneDial } from './phone-dial.ts';
import {
  type LinkedPhoneEffect,
  type LinkedPhoneInput,
  type LinkedPhoneState,
  linkedPhoneWakeAt,
  stepLinkedPhone,
  UNKNOWN_PHONE,
} from './step-linked-phone.ts';

/** What a {@link LinkedPhone} tells. Nothing after `close()`. */
export interface LinkedPhoneSinks {
  /** {@link LinkedPhone.facts} gives something else now. */
  onChanged(): void;
  /** The phone's sound; null: it cannot be heard any more. */
  onStream(stream: MediaStream | null): void;
  /** The data channel is open, at first or again: the phone knows nothing yet. */
  onChannelOpen(): void;
  /** What the phone says, but for what is dealt with here. */
  onMessage(message: PhoneMessage): void;
  /** Something failed, and is tried again. */
  onWarning(error: VoiceBridgeError): void;
}

/** What a {@link LinkedPhone} works with. */
export interface LinkedPhoneOptions {
  readonly peerId: PhoneId;
  /** Begins the names of this phone's connections; no other link has it. */
  readonly nonce: string;
  readonly host: Pick<SignalingHost, 'clock' | 'openConnection'>;
  /** Asked for each connection, as ICE servers' credentials expire. */
  readonly iceServers: () => Promise<readonly IceServer[]>;
  /** What the phone hears. */
  readonly track: MediaStreamTrack;
  /** Says something to the phone by the signaling. */
  readonly signal: (message: SignalingMessage) => void;
  readonly sinks: LinkedPhoneSinks;
}

/** What is known of a phone's connection. */
export type LinkedPhoneFacts = Pick<PhoneView, 'state' | 'path' | 'roundTripMs'>;

type Answer = Extract<SignalingEvent, { type: 'answer' | 'candidate' }>;

/** The desktop's end of the line to one phone: connects when the phone comes, and again whenever that is needed. */
export class LinkedPhone {
  readonly #options: LinkedPhoneOptions;
  readonly #machine: Machine<LinkedPhoneState, LinkedPhoneInput, LinkedPhoneEffect>;
  #dial: PhoneDial | null = null;
  #closed = false;

  constructor(options: LinkedPhoneOptions) {
    this.#options = options;
    this.#machine = new Machine<LinkedPhoneState, LinkedPhoneInput, LinkedPhoneEffect>({
      initial: UNKNOWN_PHONE,
      step: stepLinkedPhone,
      perform: (effect) => this.#perform(effect),
      onChange: () => this.#changed(),
      clock: options.host.clock,
      wakeAt: linkedPhoneWakeAt,
      tick: { type: 'tick' },
    });
  }

  /** Its signaling came: it waits for an offer, or is still connected. */
  joined(): void {
    this.#machine.send({ type: 'joined' });
  }

  /** Its signaling went; what is connected may stay so. */
  left(): void {
    this.#machine.send({ type: 'left' });
  }

  /** Ends the connection that is there, if any, and offers no other before it is told of another coming. The phone is told, and waits. */
  hangUp(): void {
    this.tell({ type: 'bye', reason: 'closed' });
    this.#machine.send({ type: 'close' });
    this.#machine.send({ type: 'left' });
  }

  /** Whether its signaling is there. */
  get isPresent(): boolean {
    return this.#machine.state.present;
  }

  get facts(): LinkedPhoneFacts {
    const { connection, dials, wasConnected } = this.#machine.state;
    const { path = null, roundTripMs = null } = this.#dial ?? {};
    switch (connection.name) {
      case 'connected':
      case 'probing':
        return { state: 'connected', path, roundTripMs };
      case 'broken':
        return { state: 'reconnecting', path, roundTripMs };
      case 'none':
        return { ...APART, state: dials > 0 ? 'away' : 'invited' };
      default:
        return { ...APART, state: wasConnected ? 'reconnecting' : 'connecting' };
    }
  }

  /** Takes what the phone said by the signaling; what belongs to another connection is dropped. */
  take(event: Answer): void {
    const { connection_id } = event;
    if (this.#dial === null || (connection_id !== undefined && connection_id !== this.#dial.connectionId)) return;
    if (event.type === 'answer') this.#dial.acceptAnswer(event.sdp);
    else this.#dial.addCandidate(event.candidate);
  }

  /** Tells the phone something on the data channel; false when there is no way to. */
  tell(message: DesktopMessage): boolean {
    return this.#dial?.tell(message) ?? false;
  }

  /** Ends the line; idempotent and final. The phone is told why. */
  close(reason: Extract<DesktopMessage, { type: 'bye' }>['reason']): void {
    if (this.#closed) return;
    this.tell({ type: 'bye', reason });
    this.#closed = true;
    this.#machine.send({ type: 'close' });
  }

  #changed(): void {
    if (!this.#closed) this.#options.sinks.onChanged();
  }

  #perform(effect: LinkedPhoneEffect): void {
    switch (effect.type) {
      case 'dial':
        this.#open(effect.id);
        return;
      case 'renew':
        this.#dial?.offer();
        return;
      case 'probe':
        this.#dial?.ping();
        return;
      case 'hangUp':
        this.#dial?.close();
        this.#dial = null;
        if (!this.#closed) this.#options.sinks.onStream(null);
    }
  }

  #open(id: number): void {
    const { nonce, host, iceServers, track, signal, sinks } = this.#options;
    const send = (type: 'connected' | 'disconnected' | 'failed' | 'heard') => this.#machine.send({ type, id });
    const warn = (error: unknown) =>
      sinks.onWarning(toVoiceBridgeError(error, 'ice_failed', 'The phone could not be reached'));
    const dial = new PhoneDial({
      connectionId: `${nonce}-${id}`,
      host,
      iceServers,
      track,
      signal,
      sinks: {
        onConnected: () => send('connected'),
        onDisconnected: () => send('disconnected'),
        onFailed: (error) => {
          send('failed');
          if (error !== null) warn(error);
        },
        onFlood: (error) => this.#refuse(id, error),
        onStream: (stream) => sinks.onStream(stream),
        onChannelOpen: () => sinks.onChannelOpen(),
        onMeasured: () => this.#changed(),
        onMessage: (text) => {
          send('heard');
          this.#heard(id, text);
        },
      },
    });
    this.#dial = dial;
    dial.offer();
  }

  #heard(id: number, text: string): void {
    const parsed = parsePhoneMessage(text);
    // A message of a newer phone that this page does not know is none of its business.
    if (!parsed.ok) return;
    const message = parsed.value;
    const mismatch = versionMismatch(message);
    if (mismatch !== null) {
      this.tell({ type: 'bye', reason: 'protocol_mismatch' });
      this.#refuse(id, mismatch);
    } else if (message.type === 'ping') this.tell({ type: 'pong', id: message.id });
    else if (message.type === 'pong') this.#dial?.ponged(message.id);
    else if (message.type === 'bye') this.#machine.send({ type: 'bye', id });
    else this.#options.sinks.onMessage(message);
  }

  /** As if the phone had said goodbye: what comes next is its own doing. */
  #refuse(id: number, error: VoiceBridgeError): void {
    this.#machine.send({ type: 'bye', id });
    this.#options.sinks.onWarning(error);
  }
}

const APART = { path: null, roundTripMs: null } as const;
