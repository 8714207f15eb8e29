/** What every entry has (W3C webrtc-stats section 5); `timestamp` is Unix time in ms. */
interface StatsEntry {
  readonly id: string;
  readonly timestamp: number;
}

/** One inbound audio stream (W3C webrtc-stats, RTCInboundRtpStreamStats). */
export interface InboundRtpStats extends StatsEntry {
  readonly type: 'inbound-rtp';
  readonly kind: 'audio';
  readonly ssrc: number;
  readonly packetsReceived: number;
  /** RFC 3550 section 6.4.1; negative when more came twice than was lost. */
  readonly packetsLost: number;
  /** RFC 3550 section 6.4.1, in seconds. */
  readonly jitter: number;
  /** Payload alone. */
  readonly bytesReceived: number;
  /** Headers and padding. */
  readonly headerBytesReceived: number;
  /** Unix time in ms. */
  readonly lastPacketReceivedTimestamp: number;
  /** Of the newest packet, as its sender measured it (RFC 6464): linear, 1 is the loudest there is. */
  readonly audioLevel: number | undefined;
}

/** Our outbound audio stream (RTCOutboundRtpStreamStats). */
export interface OutboundRtpStats extends StatsEntry {
  readonly type: 'outbound-rtp';
  readonly kind: 'audio';
  readonly ssrc: number;
  readonly packetsSent: number;
  /** Payload alone. */
  readonly bytesSent: number;
  readonly headerBytesSent: number;
}

/** How the other side gets our stream, by its newest report (RTCRemoteInboundRtpStreamStats). */
export interface RemoteInboundRtpStats extends StatsEntry {
  readonly type: 'remote-inbound-rtp';
  readonly kind: 'audio';
  readonly ssrc: number;
  /** The id of our stream's entry. */
  readonly localId: string;
  readonly packetsLost: number;
  /** Of the packets between its last two reports, 0 to 1. */
  readonly fractionLost: number;
  /** In seconds. */
  readonly jitter: number;
  /** In seconds; undefined until it could be measured. */
  readonly roundTripTime: number | undefined;
  readonly totalRoundTripTime: number;
  readonly roundTripTimeMeasurements: number;
}

/** The path in use (RTCIceCandidatePairStats); what is counted are the datagrams of audio, of its reports and of DTLS, not the checks. */
export interface CandidatePairStats extends StatsEntry {
  readonly type: 'candidate-pair';
  readonly nominated: true;
  readonly state: 'succeeded';
  readonly packetsSent: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
  /** Outbound datagrams dropped because too many were under way. */
  readonly packetsDiscardedOnSend: number;
  /** Of the newest answered check of the path, in seconds; undefined until there was one. */
  readonly currentRoundTripTime: number | undefined;
  /** Of all answered checks, in seconds. */
  readonly totalRoundTripTime: number;
  /** Answered checks of the path since the connection stands. */
  readonly responsesReceived: number;
}

/** A WebSocket whose events carry the audio both ways; W3C has no word for it. */
export interface WebSocketStats extends StatsEntry {
  readonly type: 'websocket';
  /** Events, each one message; bytes are those of their text. */
  readonly messagesSent: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly bytesReceived: number;
  /** Bytes handed over and not yet sent. */
  readonly bufferedAmount: number;
  /** Frames of 20 ms of the users' audio: sent, on their way into the connection, and dropped as the connection was too slow for them. */
  readonly framesSent: number;
  readonly framesWaiting: number;
  readonly framesDropped: number;
  /** The assistant's audio that came and was not heard yet, in seconds. */
  readonly playoutDelay: number;
  /** Of the newest answered ping, in seconds; undefined until there was one. */
  readonly currentRoundTripTime: number | undefined;
  /** Of all answered pings, in seconds. */
  readonly totalRoundTripTime: number;
  readonly responsesReceived: number;
}

/** One entry of a connection's statistics, shaped and named as `RTCPeerConnection.getStats()` does it. */
export type MediaStats =
  | InboundRtpStats
  | OutboundRtpStats
  | RemoteInboundRtpStats
  | CandidatePairStats
  | WebSocketStats;
