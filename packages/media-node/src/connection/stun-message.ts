import { crc32 } from 'node:zlib';
import type { HmacSha1 } from '../srtp/hmac-sha1.ts';

/** What the guard reads of a STUN message (RFC 8489); everything else stays unread. */
export interface StunMessage {
  readonly kind: 'request' | 'indication' | 'success' | 'error';
  /** 12 bytes in hexadecimal digits. */
  readonly transactionId: string;
  readonly username: string | undefined;
  /** Where the MESSAGE-INTEGRITY attribute begins. */
  readonly integrityAt: number | undefined;
  /** Whether a FINGERPRINT attribute is there; a wrong one makes the whole message unreadable. */
  readonly hasFingerprint: boolean;
  /** Whether a PRIORITY attribute is there, which every connectivity check has (RFC 8445 section 7.1.1). */
  readonly hasPriority: boolean;
  /** Which role its sender says it has (RFC 8445 section 7.1.3); undefined when it says none. */
  readonly role: 'controlling' | 'controlled' | undefined;
}

/** Largest STUN message that is read, in bytes. */
export const MAX_STUN_BYTES = 1_280;
const HEADER_BYTES = 20;
const ATTRIBUTE_HEADER_BYTES = 4;
const MAGIC_COOKIE = 0x2112a442;
const BINDING = 0x001;
const KINDS = ['request', 'indication', 'success', 'error'] as const;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const MESSAGE_INTEGRITY_SHA256 = 0x001c;
const PRIORITY = 0x0024;
const FINGERPRINT = 0x8028;
const [ICE_CONTROLLED, ICE_CONTROLLING] = [0x8029, 0x802a] as const;
const FINGERPRINT_XOR = 0x5354554e;
const SHA1_BYTES = 20;

/**
 * Reads a STUN Binding message. Undefined for anything that is not exactly one: another method, lengths that do not add
 * up, a wrong FINGERPRINT, a second USERNAME or role, or attributes that no integrity covers behind one that should cover them.
 */
export function readStun(datagram: Buffer): StunMessage | undefined {
  const { length } = datagram;
  if (length < HEADER_BYTES || length > MAX_STUN_BYTES || length % 4 !== 0) return undefined;
  if (datagram.readUInt32BE(4) !== MAGIC_COOKIE || datagram.readUInt16BE(2) !== length - HEADER_BYTES) return undefined;
  const type = datagram.readUInt16BE(0);
  const kind = KINDS[((type >> 7) & 0b10) | ((type >> 4) & 0b01)];
  if (kind === undefined || (type & 0xfeef) !== BINDING) return undefined;
  let username: string | undefined;
  let integrityAt: number | undefined;
  let hasFingerprint = false;
  let hasPriority = false;
  let role: StunMessage['role'];
  for (let position = HEADER_BYTES; position < length; ) {
    if (hasFingerprint || position + ATTRIBUTE_HEADER_BYTES > length) return undefined;
    const attribute = datagram.readUInt16BE(position);
    const size = datagram.readUInt16BE(position + 2);
    const start = position + ATTRIBUTE_HEADER_BYTES;
    if (start + size > length) return undefined;
    if (attribute === FINGERPRINT) {
      if (size !== 4 || datagram.readUInt32BE(start) !== fingerprintOf(datagram, position)) return undefined;
      hasFingerprint = true;
    } else if (integrityAt !== undefined) {
      if (attribute !== MESSAGE_INTEGRITY_SHA256) return undefined;
    } else if (attribute === MESSAGE_INTEGRITY) {
      if (size !== SHA1_BYTES) return undefined;
      integrityAt = position;
    } else if (attribute === USERNAME) {
      if (username !== undefined) return undefined;
      username = datagram.toString('latin1', start, start + size);
    } else if (attribute === PRIORITY) {
      if (size !== 4) return undefined;
      hasPriority = true;
    } else if (attribute === ICE_CONTROLLED || attribute === ICE_CONTROLLING) {
      if (role !== undefined) return undefined;
      role = attribute === ICE_CONTROLLING ? 'controlling' : 'controlled';
    }
    position = start + Math.ceil(size / 4) * 4;
  }
  const transactionId = datagram.toString('hex', 8, HEADER_BYTES);
  return { kind, transactionId, username, integrityAt, hasFingerprint, hasPriority, role };
}

/** Whether the message's MESSAGE-INTEGRITY is that of the key (RFC 8489 section 14.5), compared in constant time. */
export function hasIntegrityOf(datagram: Buffer, message: StunMessage, key: HmacSha1): boolean {
  const { integrityAt } = message;
  if (integrityAt === undefined) return false;
  const start = integrityAt + ATTRIBUTE_HEADER_BYTES;
  const length = datagram.readUInt16BE(2);
  // The sum is over the message as it was when it ended with this attribute.
  datagram.writeUInt16BE(start + SHA1_BYTES - HEADER_BYTES, 2);
  const sum = key.digest(datagram, integrityAt);
  datagram.writeUInt16BE(length, 2);
  let difference = 0;
  for (const [word, expected] of sum.entries()) difference |= expected ^ datagram.readInt32BE(start + word * 4);
  return difference === 0;
}

/** RFC 8489 section 14.7. The attribute is the last one: the length in the header counts it already. */
function fingerprintOf(datagram: Buffer, end: number): number {
  return (crc32(datagram.subarray(0, end)) ^ FINGERPRINT_XOR) >>> 0;
}
