import { PHONE_CHANNEL_LABEL, VoiceBridgeError } from '@voice-bridge/core';
import { type BrowserPeer, openBrowserPeer } from '../../rtc/browser-peer.ts';
import { withDtx } from './opus-dtx.ts';
import type {
  PhoneCandidate,
  PhoneConnection,
  PhoneConnectionOptions,
  PhoneConnectionStats,
} from './phone-connection.ts';
import { readConnectionStats } from './read-connection-stats.ts';

/** Opens a connection of this browser; `offers` is true at the desktop. */
export function openBrowserPhoneConnection(offers: boolean, options: PhoneConnectionOptions): PhoneConnection {
  return new BrowserPhoneConnection(offers, options);
}

/** A receiver that never fills its buffer beyond what the network asks for. */
const LEAST_DELAY = 0;

class BrowserPhoneConnection implements PhoneConnection {
  readonly #peer: BrowserPeer;
  readonly #options: PhoneConnectionOptions;
  readonly #listeners = new AbortController();
  #track: MediaStreamTrack | null;
  #sender: RTCRtpSender | null = null;
  #channel: RTCDataChannel | null = null;

  constructor(offers: boolean, options: PhoneConnectionOptions) {
    const { iceServers, track, sinks } = options;
    this.#options = options;
    this.#track = track;
    this.#peer = openBrowserPeer(iceServers);
    if (offers) {
      this.#use(this.#peer.createDataChannel(PHONE_CHANNEL_LABEL));
      this.#sender = this.#peer.addTransceiver(track, { direction: 'sendrecv' }).sender;
    }
    const until = { signal: this.#listeners.signal };
    this.#peer.addEventListener('connectionstatechange', () => sinks.onStateChanged(this.#peer.connectionState), until);
    this.#peer.addEventListener(
      'icecandidate',
      ({ candidate }) => sinks.onCandidate(candidate === null ? null : toWire(candidate)),
      until,
    );
    this.#peer.addEventListener(
      'track',
      (event) => {
        if ('jitterBufferTarget' in event.receiver) event.receiver.jitterBufferTarget = LEAST_DELAY;
        sinks.onRemoteStream(event.streams[0] ?? new MediaStream([event.track]));
      },
      until,
    );
    this.#peer.addEventListener(
      'datachannel',
      ({ channel }) => {
        if (channel.label === PHONE_CHANNEL_LABEL && this.#channel === null) this.#use(channel);
        else channel.close();
      },
      until,
    );
  }

  async createOffer(): Promise<string> {
    if (this.#peer.localDescription !== null) this.#peer.restartIce();
    await this.#peer.setLocalDescription();
    return withDtx(this.#peer.localDescription?.sdp ?? '');
  }

  async acceptAnswer(sdp: string): Promise<void> {
    await this.#peer.setRemoteDescription({ type: 'answer', sdp }).catch(refuse);
  }

  async acceptOffer(sdp: string): Promise<string> {
    await this.#peer.setRemoteDescription({ type: 'offer', sdp }).catch(refuse);
    const transceiver = this.#peer.getTransceivers().find(({ receiver }) => receiver.track.kind === 'audio');
    if (transceiver === undefined) throw new VoiceBridgeError('invalid_offer', 'The offer has no sound');
    transceiver.direction = 'sendrecv';
    this.#sender = transceiver.sender;
    await this.#sender.replaceTrack(this.#track);
    await this.#peer.setLocalDescription();
    return withDtx(this.#peer.localDescription?.sdp ?? '');
  }

  async addCandidate(candidate: PhoneCandidate): Promise<void> {
    // Of an address the browser cannot use, or of a path that was renewed meanwhile: there are others.
    await this.#peer.addIceCandidate(candidate === null ? null : toRtc(candidate)).catch(() => {});
  }

  async setTrack(track: MediaStreamTrack | null): Promise<void> {
    this.#track = track;
    if (this.#listeners.signal.aborted) return;
    await this.#sender?.replaceTrack(track);
  }

  send(text: string): boolean {
    if (this.#channel?.readyState !== 'open') return false;
    this.#channel.send(text);
    return true;
  }

  async stats(): Promise<PhoneConnectionStats> {
    return readConnectionStats(await this.#peer.getStats());
  }

  close(): void {
    this.#listeners.abort();
    this.#peer.close();
  }

  #use(channel: RTCDataChannel): void {
    const { sinks } = this.#options;
    const until = { signal: this.#listeners.signal };
    this.#channel = channel;
    channel.addEventListener('open', () => sinks.onChannelOpen(), until);
    channel.addEventListener('close', () => sinks.onChannelClosed(), until);
    channel.addEventListener(
      'message',
      (event: MessageEvent<unknown>) => {
        if (typeof event.data === 'string') sinks.onMessage(event.data);
      },
      until,
    );
    // It may be open when it comes.
    if (channel.readyState === 'open') sinks.onChannelOpen();
  }
}

function refuse(cause: unknown): never {
  throw new VoiceBridgeError('invalid_offer', 'The browser did not take the description', { cause });
}

function toWire({ candidate, sdpMid, sdpMLineIndex, usernameFragment }: RTCIceCandidate): PhoneCandidate {
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

function toRtc(candidate: Exclude<PhoneCandidate, null>): RTCIceCandidateInit {
  const { sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate;
  return { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
