import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Choices, Dice } from './dice.ts';

/** What an attacker knows of the ICE session it attacks. */
export interface StunFacts {
  /** `<our fragment>:<theirs>`, as the bridge expects it in a request. */
  readonly userName: string;
  /** The bridge's ICE password; undefined for whoever was not told. */
  readonly password: string | undefined;
}

const COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const FINGERPRINT_XOR = 0x5354554e;
const TYPES: Choices<number> = [0x0001, 0x0001, 0x0001, 0x0001, 0x0011, 0x0101, 0x0101, 0x0111, 0x0003, 0x0004, 0x0017];
const ATTRIBUTE = {
  userName: 0x0006,
  integrity: 0x0008,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
} as const;
const OTHERS: Choices<number> = [1, 9, 0x0a, 0x0c, 0x0d, 0x12, 0x13, 0x14, 0x15, 0x16, 0x19, 0x20, 0x22, 0x26, 0x8022];

/** A STUN message (RFC 8489) of an ICE agent (RFC 8445), whole or bent; signed where the password is known. */
export function stunMessage(dice: Dice, facts: StunFacts): Buffer {
  const attributes = [attribute(dice, ATTRIBUTE.userName, Buffer.from(userName(dice, facts)))];
  if (dice.chance(0.8)) attributes.push(attribute(dice, ATTRIBUTE.priority, dice.bytes(4)));
  if (dice.chance(0.3)) attributes.push(attribute(dice, ATTRIBUTE.useCandidate, Buffer.alloc(0)));
  const role = dice.chance(0.7) ? ATTRIBUTE.controlling : ATTRIBUTE.controlled;
  if (dice.chance(0.8)) attributes.push(attribute(dice, role, dice.bytes(8)));
  for (let more = dice.int(4); more > 0 && dice.chance(0.4); more--) {
    const type = dice.chance(0.8) ? dice.pick(OTHERS) : dice.int(0x1_0000);
    attributes.push(attribute(dice, type, dice.bytes(dice.chance(0.9) ? dice.int(40) : dice.int(1_000))));
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(dice.chance(0.95) ? dice.pick(TYPES) : dice.int(0x4000), 0);
  header.writeUInt32BE(dice.chance(0.97) ? COOKIE : dice.uint32(), 4);
  dice.bytes(12).copy(header, 8);
  const bare = Buffer.concat([header, ...attributes]);
  bare.writeUInt16BE(dice.uint16(bare.length - HEADER_BYTES), 2);
  return signed(bare, dice.chance(0.9) ? facts.password : 'not the password', dice.chance(0.9));
}

/** The message with its length put right, MESSAGE-INTEGRITY where there is a password, and FINGERPRINT when asked for. */
export function signed(message: Buffer, password: string | undefined, fingerprint: boolean): Buffer {
  if (message.length < HEADER_BYTES) return message;
  let whole = message;
  if (password !== undefined) {
    setLength(whole, whole.length + 24);
    const digest = createHmac('sha1', password).update(whole).digest();
    whole = Buffer.concat([whole, Buffer.of(0, ATTRIBUTE.integrity, 0, 20), digest]);
  }
  if (!fingerprint) return whole;
  setLength(whole, whole.length + 8);
  const tail = Buffer.alloc(8);
  tail.writeUInt16BE(ATTRIBUTE.fingerprint, 0);
  tail.writeUInt16BE(4, 2);
  tail.writeUInt32BE((crc32(whole) ^ FINGERPRINT_XOR) >>> 0, 4);
  return Buffer.concat([whole, tail]);
}

function userName(dice: Dice, facts: StunFacts): string {
  if (dice.chance(0.85)) return facts.userName;
  return dice.bytes(dice.int(600)).toString('base64');
}

function attribute(dice: Dice, type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(dice.chance(0.97) ? value.length : dice.uint16(value.length), 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function setLength(message: Buffer, bytes: number): void {
  message.writeUInt16BE((bytes - HEADER_BYTES) & 0xffff, 2);
}
