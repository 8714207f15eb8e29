import { type Clock, type Logger, silentLogger } from '@voice-bridge/core';
import type { InboundAudio, MediaConnectionStats, OutboundAudio } from '../connection/media-connection.ts';
import { RtcpReports } from '../rtp/rtcp-reports.ts';
import { RTP_HEADER_BYTES } from '../rtp/rtp-packet.ts';

/** What a payload is full of once the call is over that lent it: no Opus packet (RFC 6716 section 3.4). */
const SPOILED = 0xff;

/** One RTP packet as it comes out of the transport, after authentication. */
export interface ReceivedRtp extends InboundAudio {
  readonly payloadType: number;
}

/** What a {@link PacketPath} needs. */
export interface PacketPathOptions {
  /** Of what is sent. */
  readonly ssrc: number;
  readonly clock: Clock;
  readonly onAudio?: ((packet: InboundAudio) => void) | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * The one place where audio packets enter and leave a fake connection: filters, counts and hands over, as `MediaPath`
 * does for the real one, without encryption.
 */
export class PacketPath {
  readonly #clock: Clock;
  readonly #onAudio: (packet: InboundAudio) => void;
  readonly #logger: Logger;
  readonly #reports: RtcpReports;
  #payloadType: number | undefined;
  #transmit: ((packet: OutboundAudio) => void) | undefined;
  #lastAudioAt: number | undefined;
  #discarded = 0;

  constructor(options: PacketPathOptions) {
    this.#clock = options.clock;
    this.#onAudio = options.onAudio ?? (() => {});
    this.#logger = options.logger ?? silentLogger;
    const { ssrc } = options;
    this.#reports = new RtcpReports({ ssrc, cname: 'fake', epochMs: 0, random: () => 0.5 }, options.clock.now());
  }

  /** From now on packets of the negotiated payload type pass inwards; outwards too when `transmit` is given. */
  open(payloadType: number, transmit: ((packet: OutboundAudio) => void) | undefined): void {
    this.#payloadType = payloadType;
    this.#transmit = transmit;
  }

  /** Nothing passes any more. */
  close(): void {
    this.#payloadType = undefined;
    this.#transmit = undefined;
  }

  /** Takes one authenticated packet. Padding-only packets and foreign payload types go no further. */
  receive(packet: ReceivedRtp): void {
    if (packet.payloadType !== this.#payloadType) return;
    const now = this.#clock.now();
    this.#reports.rtpReceived(packet, RTP_HEADER_BYTES, now);
    this.#lastAudioAt = now;
    if (packet.payload.length === 0) return;
    const lent = { ...packet, payload: packet.payload.slice() };
    try {
      this.#onAudio(lent);
    } catch (error) {
      this.#logger.error({ error }, 'The taker of inbound audio threw');
    }
    // As the real one does with the next packet: whoever keeps what it was lent has something else in hand.
    Object.assign(lent, { sequenceNumber: 0, timestamp: 0, marker: false, audioLevel: undefined });
    lent.payload.fill(SPOILED);
  }

  /** Sends one packet, or counts it as discarded. The payload is copied. */
  send(packet: OutboundAudio): void {
    const transmit = this.#transmit;
    if (transmit === undefined) {
      this.#discarded++;
      return;
    }
    this.#reports.rtpSent(packet, RTP_HEADER_BYTES, this.#clock.now());
    transmit({ ...packet, payload: packet.payload.slice() });
  }

  stats(): MediaConnectionStats {
    const { packetsReceived, bytesReceived, packetsLost, packetsSent, bytesSent } = this.#reports;
    return {
      packetsReceived,
      bytesReceived,
      packetsLost,
      packetsSent,
      bytesSent,
      packetsDiscardedOnSend: this.#discarded,
      lastAudioAt: this.#lastAudioAt,
      report: this.#payloadType === undefined ? [] : this.#reports.stats(this.#clock.now()),
    };
  }
}
