import type { IceServer } from '@voice-bridge/core';

/** Where a connection is (W3C WebRTC 4.3.3); `failed` and `closed` are final. */
export type RtcConnectionState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

/** The entries of a statistics report. */
export type RtcStatsReport = Pick<ReadonlyMap<string, object>, 'get' | 'forEach'>;

/** What a connection tells. */
export interface RtcConnectionSinks {
  onStateChanged(state: RtcConnectionState): void;
  /** The other side's sound. */
  onRemoteStream(stream: MediaStream): void;
  /** One text message of the control channel. */
  onControl(text: string): void;
  /** The control channel closed without our doing. */
  onControlClosed(): void;
}

/** What a connection is made of. */
export interface RtcConnectionOptions {
  readonly iceServers: readonly IceServer[];
  /** The audio sent at first. */
  readonly track: MediaStreamTrack;
  /** Changes the bridge's answer before the browser reads it; default: it is read as it came. */
  readonly changeAnswer?: (sdp: string) => string;
  readonly sinks: RtcConnectionSinks;
}

/** One WebRTC connection to the bridge: one audio track each way and the control channel. */
export interface RtcConnection {
  /** Our offer. Not all candidates are in it: the bridge learns our addresses from our checks. */
  createOffer(): Promise<string>;
  /** Applies the bridge's answer. Rejects with `invalid_offer` for SDP the browser does not take. */
  acceptAnswer(sdp: string): Promise<void>;
  /** Sends another track from now on, without a new negotiation. */
  setTrack(track: MediaStreamTrack): Promise<void>;
  /** Sends text on the control channel; false when it is not open. */
  send(text: string): boolean;
  /** What the browser counts (W3C Identifiers for WebRTC's Statistics). */
  stats(): Promise<RtcStatsReport>;
  /** Ends the connection; idempotent. Tells nothing afterwards. */
  close(): void;
}

/** Makes connections; throws `webrtc_unsupported` where the browser has none. */
export type RtcConnectionFactory = (options: RtcConnectionOptions) => RtcConnection;
