import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A STUN Binding message to be made; what is left out is not in it. */
export interface SignedStun {
  readonly kind: 'request' | 'indication' | 'success' | 'error';
  /** 24 hexadecimal digits. */
  readonly transactionId?: string;
  readonly username?: string | undefined;
  readonly priority?: number | undefined;
  /** ICE-CONTROLLING with this tie-breaker. */
  readonly controlling?: bigint;
  readonly useCandidate?: boolean;
  /** Signs the message. */
  readonly password?: string | undefined;
  /** Default true. */
  readonly fingerprint?: boolean;
}

const TYPES = { request: 0x0001, indication: 0x0011, success: 0x0101, error: 0x0111 } as const;

/** The bytes of a STUN message (RFC 8489), signed with a short-term password. */
export function signedStun(message: SignedStun): Buffer {
  const { username, priority, controlling, useCandidate, password, fingerprint = true } = message;
  const header = Buffer.alloc(20);
  header.writeUInt16BE(TYPES[message.kind], 0);
  header.writeUInt32BE(0x2112a442, 4);
  header.write(message.transactionId ?? 'ffffffffffffffffffffffff', 8, 'hex');
  const attributes: Buffer[] = [];
  if (username !== undefined) attributes.push(attribute(0x0006, Buffer.from(username)));
  if (priority !== undefined) attributes.push(attribute(0x0024, uint32(priority)));
  if (controlling !== undefined) attributes.push(attribute(0x802a, uint64(controlling)));
  if (useCandidate === true) attributes.push(attribute(0x0025, Buffer.alloc(0)));
  let bytes = Buffer.concat([header, ...attributes]);
  if (password !== undefined) {
    bytes.writeUInt16BE(bytes.length - 20 + 24, 2);
    const sum = createHmac('sha1', password).update(bytes).digest();
    bytes = Buffer.concat([bytes, attribute(0x0008, sum)]);
  }
  bytes.writeUInt16BE(bytes.length - 20 + (fingerprint ? 8 : 0), 2);
  if (!fingerprint) return bytes;
  return Buffer.concat([bytes, attribute(0x8028, uint32((crc32(bytes) ^ 0x5354554e) >>> 0))]);
}

function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
