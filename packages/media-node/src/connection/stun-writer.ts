import { isIPv4 } from 'node:net';
import { crc32 } from 'node:zlib';
import type { HmacSha1 } from '../srtp/hmac-sha1.ts';

/** What is said in a connectivity check of ours. */
export interface StunCheck {
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  /** `<their user name>:<our user name>`. */
  readonly username: string;
  readonly controlling: boolean;
  readonly tieBreaker: bigint;
}

const [REQUEST, SUCCESS] = [0x0001, 0x0101] as const;
const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const ID_START = 8;
const ATTRIBUTE_HEADER_BYTES = 4;
const SHA1_BYTES = 20;
const FINGERPRINT_BYTES = 4;
/** What signature and fingerprint take together. */
const TRAILER_BYTES = 2 * ATTRIBUTE_HEADER_BYTES + SHA1_BYTES + FINGERPRINT_BYTES;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const XOR_MAPPED_ADDRESS = 0x0020;
const PRIORITY = 0x0024;
const FINGERPRINT = 0x8028;
const [ICE_CONTROLLED, ICE_CONTROLLING] = [0x8029, 0x802a] as const;
const FINGERPRINT_XOR = 0x5354554e;
/** Of a peer-reflexive candidate over UDP, highest local preference, first component (RFC 8445 section 5.1.2.1). */
const PEER_REFLEXIVE_PRIORITY = 0x6effffff;

/** A connectivity check that nominates nothing (RFC 8445 section 7.1.1), signed with the other side's password. */
export function writeStunCheck({ transactionId, username, controlling, tieBreaker }: StunCheck, key: HmacSha1): Buffer {
  const name = Buffer.from(username, 'utf8');
  const numbers = Buffer.alloc(12);
  numbers.writeUInt32BE(PEER_REFLEXIVE_PRIORITY);
  numbers.writeBigUInt64BE(tieBreaker, 4);
  return signed(
    REQUEST,
    transactionId,
    [
      [USERNAME, name],
      [PRIORITY, numbers.subarray(0, 4)],
      [controlling ? ICE_CONTROLLING : ICE_CONTROLLED, numbers.subarray(4)],
    ],
    key,
  );
}

/** The answer to a check that came from this IP address and port (RFC 8445 section 7.3.1.2), signed with our password. */
export function writeStunAnswer(check: Buffer, host: string, port: number, key: HmacSha1): Buffer {
  const address = isIPv4(host) ? host.split('.').map(Number) : ipv6Bytes(host);
  const mapped = Buffer.from([0, isIPv4(host) ? 1 : 2, port >> 8, port & 0xff, ...address]);
  // Family and what is before it stay as they are: port and address are masked with cookie and id (RFC 8489 section 14.2).
  for (let at = 2; at < 4; at++) mapped[at] = (mapped[at] ?? 0) ^ (check[at + 2] ?? 0);
  for (let at = 4; at < mapped.length; at++) mapped[at] = (mapped[at] ?? 0) ^ (check[at] ?? 0);
  return signed(SUCCESS, check.subarray(ID_START, HEADER_BYTES), [[XOR_MAPPED_ADDRESS, mapped]], key);
}

function signed(
  type: number,
  transactionId: Uint8Array,
  attributes: readonly (readonly [type: number, value: Buffer])[],
  key: HmacSha1,
): Buffer {
  const body = attributes.reduce((sum, [, { length }]) => sum + ATTRIBUTE_HEADER_BYTES + padded(length), 0);
  const message = Buffer.alloc(HEADER_BYTES + body + TRAILER_BYTES);
  message.writeUInt16BE(type);
  message.writeUInt32BE(MAGIC_COOKIE, 4);
  message.set(transactionId, ID_START);
  let at = HEADER_BYTES;
  for (const [name, value] of attributes) at = write(message, at, name, value);
  // Signature and fingerprint cover the header as if the message ended with them (RFC 8489 sections 14.5 and 14.7).
  message.writeUInt16BE(at + ATTRIBUTE_HEADER_BYTES + SHA1_BYTES - HEADER_BYTES, 2);
  const sum = Buffer.alloc(SHA1_BYTES);
  for (const [word, value] of key.digest(message, at).entries()) sum.writeInt32BE(value, word * 4);
  at = write(message, at, MESSAGE_INTEGRITY, sum);
  message.writeUInt16BE(message.length - HEADER_BYTES, 2);
  const fingerprint = Buffer.alloc(FINGERPRINT_BYTES);
  fingerprint.writeUInt32BE((crc32(message.subarray(0, at)) ^ FINGERPRINT_XOR) >>> 0);
  write(message, at, FINGERPRINT, fingerprint);
  return message;
}

function write(message: Buffer, at: number, type: number, value: Buffer): number {
  message.writeUInt16BE(type, at);
  message.writeUInt16BE(value.length, at + 2);
  message.set(value, at + ATTRIBUTE_HEADER_BYTES);
  return at + ATTRIBUTE_HEADER_BYTES + padded(value.length);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** As the system writes it: without a zone, and not with an IPv4 address inside. */
function ipv6Bytes(host: string): readonly number[] {
  const [head = [], tail = []] = host.split('::').map((part) => part.split(':').filter((word) => word !== ''));
  const words = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return words.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]);
}
