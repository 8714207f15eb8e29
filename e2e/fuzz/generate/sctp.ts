import type { Choices, Dice } from './dice.ts';

/** What an SCTP peer knows of its association. */
export interface SctpFacts {
  /** The tag the bridge expects in every packet. */
  readonly verificationTag: number;
  /** The transmission sequence number the bridge expects next. */
  readonly nextTsn: number;
}

const PORT = 5_000;
/** DATA … SHUTDOWN COMPLETE (RFC 9260), AUTH, RE-CONFIG, PAD, FORWARD-TSN, I-DATA, and types nobody knows. */
const CHUNK_TYPES: Choices<number> = [
  0, 0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 64, 130, 130, 132, 192, 192, 255,
];
/** Those that end an association the whole way a peer may: rare, or nothing else would be tried. */
const ENDING: readonly number[] = [6, 7, 8, 14];
const PARAMETERS: Choices<number> = [1, 5, 6, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 0x8000, 0x8008, 0xc000];
const PPIDS: Choices<number> = [50, 50, 50, 51, 53, 54, 56, 57, 0, 99];
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** An SCTP packet (RFC 9260 section 3) whose checksum is right; chunks and parameters whole or bent. */
export function sctpPacket(dice: Dice, facts: SctpFacts): Buffer {
  const chunks = Array.from({ length: dice.chance(0.7) ? 1 : 1 + dice.int(4) }, () => chunk(dice, facts));
  const header = Buffer.alloc(12);
  header.writeUInt16BE(dice.uint16(PORT), 0);
  header.writeUInt16BE(dice.uint16(PORT), 2);
  header.writeUInt32BE(dice.chance(0.93) ? facts.verificationTag : dice.pick([0, dice.uint32()]), 4);
  return withChecksum(Buffer.concat([header, ...chunks]));
}

/** The packet with the CRC32c (RFC 9260 appendix A) its bytes need; packets too short for one stay as they are. */
export function withChecksum(packet: Buffer): Buffer {
  if (packet.length < 12) return packet;
  packet.writeUInt32LE(0, 8);
  let crc = 0xffff_ffff;
  for (const byte of packet) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  packet.writeUInt32LE((crc ^ 0xffff_ffff) >>> 0, 8);
  return packet;
}

/** The packet as if a peer of this association had sent it. */
export function withTag(packet: Buffer, facts: SctpFacts): Buffer {
  const copy = Buffer.from(packet);
  if (copy.length < 12) return copy;
  copy.writeUInt16BE(PORT, 0);
  copy.writeUInt16BE(PORT, 2);
  if (copy[12] !== 1) copy.writeUInt32BE(facts.verificationTag >>> 0, 4);
  return withChecksum(copy);
}

function chunk(dice: Dice, facts: SctpFacts): Buffer {
  const drawn = dice.chance(0.95) ? dice.pick(CHUNK_TYPES) : dice.int(256);
  const type = ENDING.includes(drawn) && dice.chance(0.9) ? 0 : drawn;
  const body = chunkBody(dice, type, facts);
  const header = Buffer.alloc(4);
  header.writeUInt8(type, 0);
  header.writeUInt8(type === 0 ? dice.pick([3, 3, 3, 7, 2, 1, 0]) : dice.int(4), 1);
  header.writeUInt16BE(dice.uint16(4 + body.length), 2);
  return Buffer.concat([header, body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
}

function chunkBody(dice: Dice, type: number, facts: SctpFacts): Buffer {
  if (type === 0) return data(dice, facts);
  if (type === 1 || type === 2) return Buffer.concat([dice.bytes(16), parameters(dice)]);
  if (type === 3) return selectiveAck(dice);
  if ([4, 5, 6, 9, 130].includes(type)) return parameters(dice);
  if (type === 192) return Buffer.concat([tsn(dice, facts), dice.bytes(4 * dice.int(6))]);
  return dice.bytes(dice.chance(0.9) ? dice.int(64) : dice.int(1_000));
}

function data(dice: Dice, facts: SctpFacts): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(dice.chance(0.7) ? dice.int(4) : dice.int(0x1_0000), 0);
  head.writeUInt16BE(dice.chance(0.7) ? dice.int(4) : dice.int(0x1_0000), 2);
  head.writeUInt32BE(dice.pick(PPIDS), 4);
  const payload = dice.chance(0.5) ? Buffer.of(dice.pick([2, 3, 0, 255])) : dice.bytes(dice.int(200));
  return Buffer.concat([tsn(dice, facts), head, payload]);
}

function selectiveAck(dice: Dice): Buffer {
  const head = dice.bytes(12);
  const gaps = dice.int(dice.chance(0.9) ? 4 : 200);
  const duplicates = dice.int(3);
  head.writeUInt16BE(dice.uint16(gaps), 8);
  head.writeUInt16BE(dice.uint16(duplicates), 10);
  return Buffer.concat([head, dice.bytes(4 * (gaps + duplicates))]);
}

function tsn(dice: Dice, facts: SctpFacts): Buffer {
  const bytes = Buffer.alloc(4);
  const near = facts.nextTsn + dice.int(dice.chance(0.8) ? 8 : 100_000);
  bytes.writeUInt32BE((dice.chance(0.9) ? near : dice.uint32()) >>> 0, 0);
  return bytes;
}

function parameters(dice: Dice): Buffer {
  return Buffer.concat(
    Array.from({ length: dice.int(5) }, () => {
      const value = dice.bytes(dice.int(28));
      const head = Buffer.alloc(4);
      head.writeUInt16BE(dice.pick(PARAMETERS), 0);
      head.writeUInt16BE(dice.uint16(4 + value.length), 2);
      return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
    }),
  );
}
