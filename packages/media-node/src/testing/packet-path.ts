import { type Clock, type Logger, silentLogger } from '@voice-bridge/core';
import type { InboundAudio, MediaConnectionStats, OutboundAudio } from '../connection/media-connection.ts';
import { ReceptionCounter } from '../rtp/reception-counter.ts';

/** One RTP packet as it comes out of the transport, after authentication. */
export interface ReceivedRtp extends InboundAudio {
  readonly payloadType: number;
}

/** What a {@link PacketPath} needs. */
export interface PacketPathOptions {
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
  readonly #reception = new ReceptionCounter();
  #payloadType: number | undefined;
  #transmit: ((packet: OutboundAudio) => void) | undefined;
  #bytesReceived = 0;
  #lastAudioAt: number | undefined;
  #packetsSent = 0;
  #bytesSent = 0;
  #discarded = 0;

  constructor(options: PacketPathOptions) {
    this.#clock = options.clock;
    this.#onAudio = options.onAudio ?? (() => {});
    this.#logger = options.logger ?? silentLogger;
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
    this.#reception.count(packet.ssrc, packet.sequenceNumber);
    this.#bytesReceived += packet.payload.length;
    this.#lastAudioAt = this.#clock.now();
    if (packet.payload.length === 0) return;
    try {
      this.#onAudio(packet);
    } catch (error) {
      this.#logger.error({ error }, 'The taker of inbound audio threw');
    }
  }

  /** Sends one packet, or counts it as discarded. The payload is copied. */
  send(packet: OutboundAudio): void {
    const transmit = this.#transmit;
    if (transmit === undefined) {
      this.#discarded++;
      return;
    }
    this.#packetsSent++;
    this.#bytesSent += packet.payload.length;
    transmit({ ...packet, payload: packet.payload.slice() });
  }

  stats(): MediaConnectionStats {
    return {
      packetsReceived: this.#reception.received,
      bytesReceived: this.#bytesReceived,
      packetsLost: this.#reception.lost,
      packetsSent: this.#packetsSent,
      bytesSent: this.#bytesSent,
      packetsDiscardedOnSend: this.#discarded,
      lastAudioAt: this.#lastAudioAt,
    };
  }
}
