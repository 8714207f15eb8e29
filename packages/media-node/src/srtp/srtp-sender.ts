import { int32, rtpHeaderLength, uint16 } from '../rtp/rtp-packet.ts';
import { extendSequence } from '../rtp/sequence.ts';
import { createTransform } from './create-transform.ts';
import type { SrtpKeys } from './srtp-keys.ts';
import { type SrtpStream, SrtpStreams } from './srtp-stream.ts';
import { MAX_PACKET_BYTES, MAX_SRTCP_INDEX, RTCP_CLEAR_BYTES, type SrtpTransform } from './srtp-transform.ts';

/**
 * Protects what one side of a connection sends (RFC 3711, RFC 7714), in place and without allocation per packet.
 * No packet index is ever used twice under these keys: a number that was sent before is refused.
 */
export class SrtpSender {
  readonly #transform: SrtpTransform;
  readonly #streams = new SrtpStreams();

  /** Throws `TypeError` for keys of a wrong length. */
  constructor(keys: SrtpKeys) {
    this.#transform = createTransform(keys);
  }

  /**
   * Protects the RTP packet in the first `length` bytes and gives the new length; -1 for a packet that is no RTP, is
   * longer than {@link MAX_PACKET_BYTES}, repeats a sequence number, or has one SSRC too many. The buffer needs room
   * for 16 bytes more.
   */
  protectRtp(buffer: Uint8Array, length: number): number {
    const clear = rtpHeaderLength(buffer, length);
    if (clear < 0 || !this.#fits(buffer, length, this.#transform.rtpOverhead)) return -1;
    const ssrc = int32(buffer, 8);
    const stream = this.#streamOf(ssrc);
    if (stream === undefined) return -1;
    const sequence = uint16(buffer, 2);
    const index = stream.rtp.newest < 0 ? sequence : extendSequence(sequence, stream.rtp.newest);
    if (!stream.rtp.isFresh(index)) return -1;
    stream.rtp.take(index);
    this.#transform.sealRtp(buffer, clear, length, ssrc, index);
    return length + this.#transform.rtpOverhead;
  }

  /** Protects the compound RTCP packet in the first `length` bytes, under the next index of its SSRC; the rest as `protectRtp`, with 20 bytes more. */
  protectRtcp(buffer: Uint8Array, length: number): number {
    if (length < RTCP_CLEAR_BYTES || !this.#fits(buffer, length, this.#transform.rtcpOverhead)) return -1;
    const ssrc = int32(buffer, 4);
    const stream = this.#streamOf(ssrc);
    if (stream === undefined) return -1;
    const index = stream.rtcp.newest + 1;
    if (index > MAX_SRTCP_INDEX) return -1;
    stream.rtcp.take(index);
    this.#transform.sealRtcp(buffer, length, ssrc, index);
    return length + this.#transform.rtcpOverhead;
  }

  #streamOf(ssrc: number): SrtpStream | undefined {
    return this.#streams.find(ssrc) ?? (this.#streams.isFull ? undefined : this.#streams.add(ssrc));
  }

  #fits(buffer: Uint8Array, length: number, overhead: number): boolean {
    return length <= MAX_PACKET_BYTES && length + overhead <= buffer.length;
  }
}
