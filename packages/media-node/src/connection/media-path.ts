import { type Clock, type Logger, silentLogger } from '@voice-bridge/core';
import { type DatagramSink, PacketSender } from '../rtp/packet-sender.ts';
import { ReceptionCounter } from '../rtp/reception-counter.ts';
import { RTP_HEADER_BYTES, RtpPacketView, writeRtpHeader } from '../rtp/rtp-packet.ts';
import type { SrtpKeys } from '../srtp/srtp-keys.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { MAX_PACKET_BYTES } from '../srtp/srtp-transform.ts';
import type { InboundAudio, MediaConnectionStats, OutboundAudio } from './media-connection.ts';

/** What a {@link MediaPath} needs. */
export interface MediaPathOptions {
  readonly clock: Clock;
  readonly onAudio?: ((packet: InboundAudio) => void) | undefined;
  readonly logger?: Logger | undefined;
}

/** What the handshake and the negotiation agreed upon. */
export interface AgreedMedia {
  readonly payloadType: number;
  /** The SSRC that our description announces. */
  readonly ssrc: number;
  /** Whether audio may go out. */
  readonly sends: boolean;
  /** Keys of what we send, and of what we receive. */
  readonly localKeys: SrtpKeys;
  readonly remoteKeys: SrtpKeys;
  readonly sink: DatagramSink;
}

interface OpenPath extends AgreedMedia {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
  readonly packets: PacketSender;
}

/** RTCP packet types, where RTP has marker and payload type (RFC 5761 section 4). */
const [FIRST_RTCP_TYPE, LAST_RTCP_TYPE] = [192, 223] as const;

/**
 * The one place where audio packets enter and leave a connection: opens, filters, counts and hands over what arrives,
 * and is the only writer under our keys. The WebRTC library sees no media.
 */
export class MediaPath {
  readonly #clock: Clock;
  readonly #onAudio: (packet: InboundAudio) => void;
  readonly #logger: Logger;
  readonly #reception = new ReceptionCounter();
  readonly #view = new RtpPacketView();
  #path: OpenPath | undefined;
  #bytesReceived = 0;
  #lastAudioAt: number | undefined;
  #packetsSent = 0;
  #bytesSent = 0;
  #discarded = 0;

  constructor(options: MediaPathOptions) {
    this.#clock = options.clock;
    this.#onAudio = options.onAudio ?? (() => {});
    this.#logger = options.logger ?? silentLogger;
  }

  /** From now on packets of the agreed payload type pass inwards; outwards too when `sends`. Throws `TypeError` for keys of a wrong length. */
  open(agreed: AgreedMedia): void {
    this.#path = {
      ...agreed,
      sender: new SrtpSender(agreed.localKeys),
      receiver: new SrtpReceiver(agreed.remoteKeys),
      packets: new PacketSender(agreed.sink),
    };
  }

  /** Nothing passes any more. */
  close(): void {
    this.#path = undefined;
  }

  /** Takes one datagram of the peer, RTP or RTCP by its first byte (RFC 7983). The buffer is changed in place. */
  receive(datagram: Buffer): void {
    const path = this.#path;
    if (path === undefined) return;
    const type = datagram[1] ?? 0;
    if (type >= FIRST_RTCP_TYPE && type <= LAST_RTCP_TYPE) {
      path.receiver.unprotectRtcp(datagram, datagram.length);
      return;
    }
    const length = path.receiver.unprotectRtp(datagram, datagram.length);
    if (length >= 0 && this.#view.read(datagram, length)) this.#received(path, datagram);
  }

  /** Sends one packet, or counts it as discarded. The payload is copied. */
  send(packet: OutboundAudio): void {
    const path = this.#path;
    if (path?.sends && this.#transmit(path, packet)) {
      this.#packetsSent++;
      this.#bytesSent += packet.payload.length;
    } else {
      this.#discarded++;
    }
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

  /** Padding-only packets and foreign payload types go no further. */
  #received(path: OpenPath, datagram: Buffer): void {
    const { ssrc, sequenceNumber, timestamp, marker, payloadType, payloadStart, payloadEnd } = this.#view;
    if (payloadType !== path.payloadType) return;
    this.#reception.count(ssrc, sequenceNumber);
    this.#bytesReceived += payloadEnd - payloadStart;
    this.#lastAudioAt = this.#clock.now();
    if (payloadEnd === payloadStart) return;
    try {
      const payload = datagram.subarray(payloadStart, payloadEnd);
      this.#onAudio({ ssrc, sequenceNumber, timestamp, marker, payload });
    } catch (error) {
      this.#logger.error({ error }, 'The taker of inbound audio threw');
    }
  }

  #transmit(path: OpenPath, packet: OutboundAudio): boolean {
    if (RTP_HEADER_BYTES + packet.payload.length > MAX_PACKET_BYTES) return false;
    const buffer = path.packets.take();
    if (buffer === undefined) return false;
    const start = writeRtpHeader(buffer.bytes, path.ssrc, path.payloadType, packet);
    buffer.bytes.set(packet.payload, start);
    const length = path.sender.protectRtp(buffer.bytes, start + packet.payload.length);
    if (length < 0) path.packets.discard(buffer);
    else path.packets.send(buffer, length);
    return length >= 0;
  }
}
