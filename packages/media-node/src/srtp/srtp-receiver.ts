import { int32, rtpHeaderLength, uint16 } from '../rtp/rtp-packet.ts';
import { extendSequence } from '../rtp/sequence.ts';
import { createTransform } from './create-transform.ts';
import type { SrtpKeys } from './srtp-keys.ts';
import { SrtpStreams } from './srtp-stream.ts';
import {
  ENCRYPTED_FLAG,
  MAX_OVERHEAD_BYTES,
  MAX_PACKET_BYTES,
  RTCP_CLEAR_BYTES,
  type SrtpTransform,
} from './srtp-transform.ts';

const SEQUENCE_VALUES = 65_536;
const REFUSED = -1;

/**
 * Opens what the other side of a connection sends (RFC 3711, RFC 7714), in place and without allocation per packet.
 * A packet that was opened before is refused, as is one whose tag is wrong, which changes nothing: neither the rollover
 * counter of a stream nor the number of streams.
 */
export class SrtpReceiver {
  readonly #transform: SrtpTransform;
  readonly #streams = new SrtpStreams();

  /** Throws `TypeError` for keys of a wrong length. */
  constructor(keys: SrtpKeys) {
    this.#transform = createTransform(keys);
  }

  /** SSRCs that have proved themselves. */
  get streams(): number {
    return this.#streams.size;
  }

  /**
   * Opens the packet of `length` bytes and gives the length of the RTP packet it holds; -1, and the buffer as it was,
   * for one that is malformed, forged, a replay, too old, or of one SSRC too many.
   */
  unprotectRtp(buffer: Uint8Array, length: number): number {
    const end = length - this.#transform.rtpOverhead;
    if (length > MAX_PACKET_BYTES + MAX_OVERHEAD_BYTES || length > buffer.length) return REFUSED;
    const clear = rtpHeaderLength(buffer, end);
    if (clear < 0) return REFUSED;
    const ssrc = int32(buffer, 8);
    const sequence = uint16(buffer, 2);
    const rtp = this.#streams.find(ssrc)?.rtp;
    if (rtp === undefined || rtp.newest < 0) return this.#openFirst(buffer, clear, length, ssrc, sequence);
    const index = extendSequence(sequence, rtp.newest);
    if (!rtp.isFresh(index) || !this.#transform.openRtp(buffer, clear, length, ssrc, index)) return REFUSED;
    rtp.take(index);
    return end;
  }

  /** Opens a compound RTCP packet, which must be encrypted; the rest as `unprotectRtp`. */
  unprotectRtcp(buffer: Uint8Array, length: number): number {
    const end = length - this.#transform.rtcpOverhead;
    if (length > MAX_PACKET_BYTES + MAX_OVERHEAD_BYTES || length > buffer.length) return REFUSED;
    if (end < RTCP_CLEAR_BYTES) return REFUSED;
    const word = this.#transform.rtcpIndexWord(buffer, length);
    if (word < ENCRYPTED_FLAG) return REFUSED;
    const index = word - ENCRYPTED_FLAG;
    const ssrc = int32(buffer, 4);
    const stream = this.#streams.find(ssrc);
    if (stream === undefined ? this.#streams.isFull : !stream.rtcp.isFresh(index)) return REFUSED;
    if (!this.#transform.openRtcp(buffer, length, ssrc, index)) return REFUSED;
    (stream ?? this.#streams.add(ssrc)).rtcp.take(index);
    return end;
  }

  /** The first packet that arrives may come after a wrap whose first half was lost: then its rollover counter is 1. */
  #openFirst(buffer: Uint8Array, clear: number, length: number, ssrc: number, sequence: number): number {
    const stream = this.#streams.find(ssrc);
    if (stream === undefined && this.#streams.isFull) return REFUSED;
    let index = sequence;
    let isOpen = this.#transform.openRtp(buffer, clear, length, ssrc, index);
    if (!isOpen && sequence < SEQUENCE_VALUES / 2) {
      index += SEQUENCE_VALUES;
      isOpen = this.#transform.openRtp(buffer, clear, length, ssrc, index);
    }
    if (!isOpen) return REFUSED;
    (stream ?? this.#streams.add(ssrc)).rtp.take(index);
    return length - this.#transform.rtpOverhead;
  }
}
