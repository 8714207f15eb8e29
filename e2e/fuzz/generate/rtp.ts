import type { Dice } from './dice.ts';

const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;

/** An RTP packet (RFC 3550 section 5.1), most with header extensions (RFC 8285), whole or bent. */
export function rtpPacket(dice: Dice): Buffer {
  const sources = dice.chance(0.9) ? 0 : dice.int(16);
  const extended = dice.chance(0.6);
  const padded = dice.chance(0.15);
  const version = dice.chance(0.97) ? 2 : dice.int(4);
  const header = Buffer.alloc(12 + 4 * sources);
  header[0] =
    (version << 6) | (padded ? 0x20 : 0) | (extended ? 0x10 : 0) | (dice.chance(0.95) ? sources : dice.int(16));
  header[1] = (dice.chance(0.1) ? 0x80 : 0) | (dice.chance(0.8) ? 111 : dice.int(128));
  header.writeUInt16BE(dice.int(0x1_0000), 2);
  header.writeUInt32BE(dice.uint32(), 4);
  header.writeUInt32BE(dice.chance(0.8) ? 0x5eed : dice.uint32(), 8);
  const payload = dice.bytes(dice.chance(0.9) ? dice.int(120) : 0);
  if (padded && payload.length > 0) payload[payload.length - 1] = dice.pick([0, 1, 4, 255, payload.length, 200]);
  return Buffer.concat([header, ...(extended ? [extension(dice)] : []), payload]);
}

function extension(dice: Dice): Buffer {
  const oneByte = dice.chance(0.6);
  const elements = Array.from({ length: dice.int(6) }, () => element(dice, oneByte));
  const body = Buffer.concat(elements);
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const head = Buffer.alloc(4);
  const profile = oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE | dice.int(16);
  head.writeUInt16BE(dice.chance(0.95) ? profile : dice.int(0x1_0000), 0);
  head.writeUInt16BE(dice.uint16(padded.length / 4), 2);
  return Buffer.concat([head, padded]);
}

function element(dice: Dice, oneByte: boolean): Buffer {
  const length = 1 + dice.int(oneByte ? 16 : 40);
  const id = dice.int(oneByte ? 16 : 256);
  const told = dice.chance(0.9) ? length : dice.int(256);
  const head = oneByte ? Buffer.of((id << 4) | ((told - 1) & 15)) : Buffer.of(id, told);
  return Buffer.concat([head, dice.bytes(length)]);
}
