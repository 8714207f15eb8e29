import type { PhoneId, SignalingEvent, SignalingMessage, VoiceBridgeError } from '@voice-bridge/core';
import type { PhoneCandidate } from '../shared/phone-connection.ts';
import { SignalingLine, type SignalingLineOptions } from '../shared/signaling-line.ts';
import type { ConnectionId, PhoneInput } from './phone-life.ts';
import type { TakenPlace } from './phone-place.ts';

/** What a {@link PhoneLine} tells. */
export interface PhoneLineSinks {
  /** It is there as this phone, at first, again, or after another one turned out to be somebody else's. */
  onThere(peerId: PhoneId): void;
  onInput(input: PhoneInput): void;
  /** An address of the desktop. */
  onCandidate(connectionId: ConnectionId, candidate: PhoneCandidate): void;
}

/** What a {@link PhoneLine} works with. */
export interface PhoneLineOptions extends Pick<SignalingLineOptions, 'http' | 'host'> {
  readonly place: TakenPlace;
  readonly sinks: PhoneLineSinks;
}

/** How long the bridge may take to say that the desktop is there, or that we are somebody else, after we came. */
const ROLL_CALL_MS = 1_000;

/** A phone's place at the signaling, as the first of its peer ids that is nobody else's. */
export class PhoneLine {
  readonly #options: PhoneLineOptions;
  #line: SignalingLine | null = null;
  /** What else we may be, if this turns out to be somebody else. */
  #untried: readonly PhoneId[];
  #cancelRollCall: () => void = () => {};

  constructor(options: PhoneLineOptions) {
    this.#options = options;
    this.#untried = options.place.peerIds;
  }

  /** Resolves when we are there; rejects when the first attempt fails. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => this.#next(resolve, reject));
  }

  /** Says something to the desktop; lost while the line is not open. */
  send(message: SignalingMessage): void {
    this.#line?.send(message);
  }

  /** Comes once more, so that the desktop offers anew. */
  redial(): void {
    this.#line?.redial();
  }

  /** See {@link SignalingLine.networkChanged}. */
  networkChanged(): void {
    this.#line?.networkChanged();
  }

  /** Leaves; idempotent and final. */
  close(): void {
    this.#cancelRollCall();
    this.#line?.close();
  }

  #next(resolve: () => void, reject: (error: VoiceBridgeError) => void): void {
    const [peerId, ...untried] = this.#untried;
    if (peerId === undefined) return;
    this.#untried = untried;
    const stays = () => {
      this.#untried = place.peerIds.filter((other) => other !== peerId);
    };
    const { http, host, place, sinks } = this.#options;
    this.#line = new SignalingLine({
      http,
      host,
      conversationId: place.conversationId,
      peerId,
      sinks: {
        onOpen: () => {
          sinks.onThere(peerId);
          sinks.onInput({ type: 'opened' });
          resolve();
          this.#callRoll(stays);
        },
        onEvent: (event) => this.#heard(event, stays),
        onLost: () => {},
        onEnded: (error) => {
          this.#cancelRollCall();
          // Another phone is that one, or has become it.
          if (error.code === 'forbidden' && this.#untried.length > 0) return this.#next(resolve, reject);
          reject(error);
          sinks.onInput(endingOf(error));
        },
      },
    });
    this.#line.open();
  }

  #callRoll(stays: () => void): void {
    this.#cancelRollCall();
    this.#cancelRollCall = this.#options.host.clock.after(ROLL_CALL_MS, () => {
      stays();
      this.#options.sinks.onInput({ type: 'desktopGone' });
    });
  }

  #heard(event: SignalingEvent, stays: () => void): void {
    const { sinks } = this.#options;
    switch (event.type) {
      case 'offer':
        sinks.onInput({ type: 'offer', connectionId: event.connection_id, sdp: event.sdp });
        break;
      case 'candidate':
        sinks.onCandidate(event.connection_id, event.candidate);
        break;
      case 'peer':
        if (event.peer_id !== 'desktop') return;
        stays();
        this.#cancelRollCall();
        // `replaced` is followed by `joined` of the new one.
        sinks.onInput({ type: event.state === 'joined' ? 'desktopThere' : 'desktopGone' });
        break;
      case 'answer':
      case 'error':
        break;
    }
  }
}

function endingOf(error: VoiceBridgeError): PhoneInput {
  if (error.code === 'participant_removed') return { type: 'removed' };
  return { type: error.code === 'session_replaced' ? 'replaced' : 'refused', error };
}
