import type { IceServer, SignalingMessage } from '@voice-bridge/core';
import type { RtcConnectionState } from '../../rtc/rtc-connection.ts';

/** One address a peer can be reached at, as it goes over the signaling; null: there are no more. */
export type PhoneCandidate = Extract<SignalingMessage, { type: 'candidate' }>['candidate'];

/** How well a connection works (W3C WebRTC statistics). */
export interface PhoneConnectionStats {
  /** `relayed`: through a TURN server; null: not known yet. */
  readonly path: 'direct' | 'relayed' | null;
  /** There and back as ICE measures it, in ms; null while unknown. */
  readonly roundTripMs: number | null;
  /** Packets that came in and that were lost on the way in, since the connection began. */
  readonly packetsReceived: number;
  readonly packetsLost: number;
}

/** What a connection tells. Nothing after `close()`. */
export interface PhoneConnectionSinks {
  onStateChanged(state: RtcConnectionState): void;
  /** An address of ours that the other end must learn. */
  onCandidate(candidate: PhoneCandidate): void;
  /** The other end's sound. */
  onRemoteStream(stream: MediaStream): void;
  onChannelOpen(): void;
  /** One text message of the data channel. */
  onMessage(text: string): void;
  /** The data channel closed without our doing. */
  onChannelClosed(): void;
}

/** What a connection is made of. */
export interface PhoneConnectionOptions {
  readonly iceServers: readonly IceServer[];
  /** The audio sent at first. */
  readonly track: MediaStreamTrack;
  readonly sinks: PhoneConnectionSinks;
}

/** One WebRTC connection between a desktop, which offers, and its phone, which answers: one audio track each way and a data channel. */
export interface PhoneConnection {
  /** The desktop's offer. Called again on a connection that runs, it renews the path (ICE restart) and leaves the rest alone. */
  createOffer(): Promise<string>;
  /** Takes the phone's answer. Rejects with `invalid_offer` for SDP the browser does not take. */
  acceptAnswer(sdp: string): Promise<void>;
  /** Takes the desktop's offer, a first or a further one, and gives the phone's answer. Rejects with `invalid_offer`. */
  acceptOffer(sdp: string): Promise<string>;
  /** Adds an address of the other end; after its offer or answer was given to this connection. One that is no use is left out. */
  addCandidate(candidate: PhoneCandidate): Promise<void>;
  /** Sends another track from now on, or nothing (null), without a new negotiation. */
  setTrack(track: MediaStreamTrack | null): Promise<void>;
  /** Sends text on the data channel; false when it is not open. */
  send(text: string): boolean;
  stats(): Promise<PhoneConnectionStats>;
  /** Ends the connection; idempotent. Tells nothing afterwards. */
  close(): void;
}

/** Makes connections; `offers` is true at the desktop. Throws `webrtc_unsupported` where the browser has none. */
export type PhoneConnectionFactory = (offers: boolean, options: PhoneConnectionOptions) => PhoneConnection;
