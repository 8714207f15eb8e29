/** Bytes of an RTP header without CSRC list and extension (RFC 3550 section 5.1). */
export const RTP_HEADER_BYTES = 12;

const VERSION_BITS = 0x80;
const VERSION_MASK = 0xc0;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const MARKER_BIT = 0x80;
const EXTENSION_HEADER_BYTES = 4;
/** What a padding of zero bytes counts as: its last byte counts itself (RFC 3550 section 5.1). */
const TOO_MUCH = Number.POSITIVE_INFINITY;
const NOTHING = new Uint8Array(RTP_HEADER_BYTES);

/** The fields of an outbound header that change from packet to packet. */
export interface RtpHeaderFields {
  readonly sequenceNumber: number;
  /** In units of 1/48,000 s. */
  readonly timestamp: number;
  readonly marker: boolean;
}

/**
 * Where the payload of the RTP packet in the first `length` bytes begins, encrypted or not; -1 when CSRC list or header
 * extension do not fit into it, or it is no RTP (RFC 3550 section 5.1). Looks at six bytes, whatever the packet claims.
 */
export function rtpHeaderLength(bytes: Uint8Array, length: number): number {
  const first = bytes[0] ?? 0;
  if (length < RTP_HEADER_BYTES || length > bytes.length || (first & VERSION_MASK) !== VERSION_BITS) return -1;
  let end = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & EXTENSION_BIT) !== 0) {
    if (end + EXTENSION_HEADER_BYTES > length) return -1;
    end += EXTENSION_HEADER_BYTES + uint16(bytes, end + 2) * 4;
  }
  return end <= length ? end : -1;
}

/** Writes a header of {@link RTP_HEADER_BYTES} bytes, without CSRCs, extension or padding, and gives its length. */
export function writeRtpHeader(bytes: Uint8Array, ssrc: number, payloadType: number, fields: RtpHeaderFields): number {
  bytes[0] = VERSION_BITS;
  bytes[1] = (fields.marker ? MARKER_BIT : 0) | (payloadType & 0x7f);
  setUint16(bytes, 2, fields.sequenceNumber);
  setUint32(bytes, 4, fields.timestamp);
  setUint32(bytes, 8, ssrc);
  return RTP_HEADER_BYTES;
}

/**
 * One RTP packet read and rewritten in place (RFC 3550 section 5.1). Made once and put on packet after packet; it copies
 * and allocates nothing. Says nothing of use before `read` returned true, nor after it returned false.
 */
export class RtpPacketView {
  #bytes: Uint8Array = NOTHING;
  #payloadStart = RTP_HEADER_BYTES;
  #payloadEnd = RTP_HEADER_BYTES;

  /** Puts the view on the decrypted packet in the first `length` bytes; false when its lengths do not fit together. */
  read(bytes: Uint8Array, length: number): boolean {
    const start = rtpHeaderLength(bytes, length);
    if (start < 0) return false;
    const padding = ((bytes[0] ?? 0) & PADDING_BIT) === 0 ? 0 : bytes[length - 1] || TOO_MUCH;
    if (padding > length - start) return false;
    this.#bytes = bytes;
    this.#payloadStart = start;
    this.#payloadEnd = length - padding;
    return true;
  }

  get marker(): boolean {
    return ((this.#bytes[1] ?? 0) & MARKER_BIT) !== 0;
  }

  set marker(marker: boolean) {
    this.#bytes[1] = (marker ? MARKER_BIT : 0) | this.payloadType;
  }

  get payloadType(): number {
    return (this.#bytes[1] ?? 0) & 0x7f;
  }

  set payloadType(payloadType: number) {
    this.#bytes[1] = ((this.#bytes[1] ?? 0) & MARKER_BIT) | (payloadType & 0x7f);
  }

  get sequenceNumber(): number {
    return uint16(this.#bytes, 2);
  }

  set sequenceNumber(sequenceNumber: number) {
    setUint16(this.#bytes, 2, sequenceNumber);
  }

  get timestamp(): number {
    return uint32(this.#bytes, 4);
  }

  set timestamp(timestamp: number) {
    setUint32(this.#bytes, 4, timestamp);
  }

  get ssrc(): number {
    return uint32(this.#bytes, 8);
  }

  set ssrc(ssrc: number) {
    setUint32(this.#bytes, 8, ssrc);
  }

  /** Where the payload begins. */
  get payloadStart(): number {
    return this.#payloadStart;
  }

  /** Behind the last byte of the payload; padding is not part of it. */
  get payloadEnd(): number {
    return this.#payloadEnd;
  }

  /** What the extension's first two bytes say of its form (RFC 3550 section 5.3.1); undefined without an extension. */
  get extensionProfile(): number | undefined {
    if (((this.#bytes[0] ?? 0) & EXTENSION_BIT) === 0) return undefined;
    return uint16(this.#bytes, this.extensionStart - EXTENSION_HEADER_BYTES);
  }

  /** Where the extension's elements begin; they end where the payload begins. */
  get extensionStart(): number {
    return RTP_HEADER_BYTES + ((this.#bytes[0] ?? 0) & 0x0f) * 4 + EXTENSION_HEADER_BYTES;
  }
}

/** The 16-bit number at `at`, network byte order. */
export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** The 32-bit number at `at`, network byte order, never negative. */
export function uint32(bytes: Uint8Array, at: number): number {
  return int32(bytes, at) >>> 0;
}

/** The same bits as a signed number: a name as good as the other, and one that costs no memory where it is passed on. */
export function int32(bytes: Uint8Array, at: number): number {
  return (uint16(bytes, at) << 16) | uint16(bytes, at + 2);
}

/** Writes the low 16 bits of `value` at `at`, network byte order. */
export function setUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes the low 32 bits of `value` at `at`, network byte order. */
export function setUint32(bytes: Uint8Array, at: number, value: number): void {
  setUint16(bytes, at, value >>> 16);
  setUint16(bytes, at + 2, value);
}
