/** Longest packet before protection, in bytes: what fits an Ethernet frame. */
export const MAX_PACKET_BYTES = 1_500;
/** Most bytes that protection adds to a packet (RFC 7714: tag and SRTCP index). */
export const MAX_OVERHEAD_BYTES = 20;
/** Bytes of an RTCP packet that stay clear: header and SSRC (RFC 3711 section 3.4). */
export const RTCP_CLEAR_BYTES = 8;
/** The flag before the 31-bit SRTCP index: the packet is encrypted. */
export const ENCRYPTED_FLAG = 0x80000000;
/** The last SRTCP index under one key (RFC 3711 section 9.2). */
export const MAX_SRTCP_INDEX = 0x7fffffff;

/**
 * Encryption and authentication of single packets, in place, under the session keys of one direction.
 * Nothing is checked here but the tag: lengths, replay and indices are the callers'.
 */
export interface SrtpTransform {
  /** Bytes added to an RTP packet. */
  readonly rtpOverhead: number;
  /** Bytes added to an RTCP packet, the index among them. */
  readonly rtcpOverhead: number;
  /** Protects the packet in the first `length` bytes, of which `clear` are header. The buffer has room behind it. */
  sealRtp(buffer: Uint8Array, clear: number, length: number, ssrc: number, index: number): void;
  /** Opens the packet of `length` bytes, tag included; false, and the buffer as it was, when the tag is wrong. */
  openRtp(buffer: Uint8Array, clear: number, length: number, ssrc: number, index: number): boolean;
  /** Protects the compound packet in the first `length` bytes and appends index and tag. */
  sealRtcp(buffer: Uint8Array, length: number, ssrc: number, index: number): void;
  /** The word in a protected packet of `length` bytes that holds flag and index (RFC 3711 section 3.4). */
  rtcpIndexWord(buffer: Uint8Array, length: number): number;
  /** Opens the packet of `length` bytes, trailer included; false, and the buffer as it was, when the tag is wrong. */
  openRtcp(buffer: Uint8Array, length: number, ssrc: number, index: number): boolean;
}
