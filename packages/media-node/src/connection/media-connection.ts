import type { Clock, EventSource, IceServer, Logger, MediaStats, VoiceBridgeError } from '@voice-bridge/core';
import type { PacketLevel } from '../rtp/audio-level.ts';

/** One inbound Opus RTP packet (RFC 3550 section 5.1, RFC 7587), already authenticated. Valid only during the call that hands it over: copy it and its `payload` to keep them. */
export interface InboundAudio extends PacketLevel {
  readonly ssrc: number;
  readonly sequenceNumber: number;
  /** RTP timestamp at 48 kHz. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** One Opus packet (RFC 6716). */
  readonly payload: Uint8Array;
}

/** One outbound Opus packet; SSRC, payload type, the id of the level's header extension and encryption are the connection's. */
export interface OutboundAudio extends PacketLevel {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** Where a connection is in its life. `closed` is final. */
export type MediaConnectionState =
  | { readonly name: 'new' }
  | { readonly name: 'connecting' }
  | { readonly name: 'connected' }
  | { readonly name: 'closed'; readonly error: VoiceBridgeError | undefined };

/** Counters in the sense of W3C webrtc-stats, for the audio stream of this connection. */
export interface MediaConnectionStats {
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  /** Packets the sequence numbers say are missing. */
  readonly packetsLost: number;
  readonly packetsSent: number;
  readonly bytesSent: number;
  /** Packets offered to `sendAudio` while not connected. */
  readonly packetsDiscardedOnSend: number;
  /** {@link Clock} time of the last inbound audio packet. */
  readonly lastAudioAt: number | undefined;
  /** The same and more by stream, as `RTCPeerConnection.getStats()` lists it; empty until connected. */
  readonly report: readonly MediaStats[];
}

/** Largest data-channel message taken or sent, in bytes. */
export const MAX_CHANNEL_MESSAGE_BYTES = 65_536;

/** One data channel (RFC 8831). Text and binary; larger messages than {@link MAX_CHANNEL_MESSAGE_BYTES} are dropped and logged. */
export interface MediaChannel extends EventSource<{ open: []; close: [] }> {
  readonly label: string;
  /** Whether every message arrives, and in the order in which they were sent. */
  readonly isReliable: boolean;
  readonly open: boolean;
  /** Bytes queued and not yet sent. */
  readonly bufferedAmount: number;
  /** Sends now, or when the channel opens. Returns false when the channel is closed. */
  send(message: string | Uint8Array): boolean;
  /** Sets the one taker of inbound messages; messages that came earlier (at most 64) are handed over first. */
  receive(taker: (message: string | Uint8Array) => void): void;
  close(): void;
}

/** What a {@link MediaConnection} tells. */
export type MediaConnectionEvents = {
  stateChanged: [state: MediaConnectionState];
  /** A data channel: one the other side opened, or one of `channels` while `createOffer` runs. */
  channel: [channel: MediaChannel];
};

/** One WebRTC connection with at most one Opus track each way and any data channels. */
export interface MediaConnection extends EventSource<MediaConnectionEvents> {
  readonly state: MediaConnectionState;
  /**
   * As offerer: our whole offer, with every candidate of ours in it.
   * `channels` given at creation are in the offer.
   */
  createOffer(): Promise<string>;
  /** As offerer: applies the remote answer. Rejects with `invalid_offer` for SDP we do not take. */
  acceptAnswer(sdp: string): Promise<void>;
  /**
   * As answerer: applies a remote offer, also one without candidates, and gives our whole answer.
   * Rejects with `invalid_offer` (checked by `validateOffer` as well, before any socket is opened).
   */
  answerOffer(sdp: string): Promise<string>;
  /** Resolves when connected; rejects with `connect_timeout`, `ice_failed`, `dtls_failed` or `aborted`. */
  whenConnected(): Promise<void>;
  /** Sends one packet; silently counted as discarded while not connected. The payload is copied before this returns. */
  sendAudio(packet: OutboundAudio): void;
  stats(): MediaConnectionStats;
  /** Ends the connection and frees its sockets and timers. Idempotent and final. */
  close(error?: VoiceBridgeError): Promise<void>;
}

/**
 * Which candidates of the other side are dialled: none, all at addresses of one host (at most 16, never names, link-local
 * or multicast addresses), or of those only the public ones, so that nobody has us send into networks of ours.
 */
export type DialPolicy = boolean | 'public';

/** How a {@link MediaConnection} is made. */
export interface MediaConnectionOptions {
  /** Takes inbound audio. Audio never travels as events. */
  readonly onAudio?: (packet: InboundAudio) => void;
  /** Whether our offer has an audio m-line; default true. As answerer the offer decides. */
  readonly audio?: boolean;
  /** Data channels we create before our offer, by label; `createOffer` hands each out as a `channel` event. */
  readonly channels?: readonly string[];
  /** Which remote candidates are dialled; none (default): we are reached, and learn the peer from its checks. */
  readonly dialCandidates?: DialPolicy;
  /** ICE servers; default none. */
  readonly iceServers?: readonly IceServer[];
  /** Addresses to offer besides the interfaces' own, such as `127.0.0.1`. */
  readonly additionalHostAddresses?: readonly string[];
  /** UDP ports to use, both inclusive: one for each address of the host, and one for a TURN server. */
  readonly portRange?: readonly [number, number];
  /** From creation to connected, in ms; default 15,000. Then everything is freed. */
  readonly connectTimeoutMs?: number;
  readonly clock: Clock;
  readonly logger?: Logger;
}

/** Makes connections; the port above which nobody knows the WebRTC library. */
export type MediaConnectionFactory = (options: MediaConnectionOptions) => MediaConnection;
