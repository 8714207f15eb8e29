import type { Choices, Dice } from './dice.ts';

/** SR, RR, SDES, BYE, APP, RTPFB, PSFB, XR (RFC 3550 section 6, RFC 4585, RFC 3611), and their neighbours. */
const PACKET_TYPES: Choices<number> = [200, 200, 201, 201, 202, 203, 204, 205, 206, 207, 192, 199, 208, 223];

/** A compound RTCP packet, whole or bent. */
export function rtcpPacket(dice: Dice): Buffer {
  return Buffer.concat(Array.from({ length: 1 + dice.int(3) }, () => part(dice)));
}

function part(dice: Dice): Buffer {
  const type = dice.pick(PACKET_TYPES);
  const count = dice.int(dice.chance(0.8) ? 4 : 32);
  const body = bodyOf(dice, type, count);
  const header = Buffer.alloc(4);
  header[0] = ((dice.chance(0.97) ? 2 : dice.int(4)) << 6) | (dice.chance(0.08) ? 0x20 : 0) | count;
  header[1] = type;
  header.writeUInt16BE(dice.uint16(body.length / 4), 2);
  return Buffer.concat([header, body]);
}

function bodyOf(dice: Dice, type: number, count: number): Buffer {
  const words = {
    200: 6 + 6 * count,
    201: 1 + 6 * count,
    203: count,
    204: 2 + dice.int(6),
    205: 2 + dice.int(12),
    206: 2 + dice.int(12),
  };
  if (type === 202) return description(dice, count);
  const known = Object.entries(words).find(([name]) => Number(name) === type)?.[1] ?? dice.int(20);
  return dice.bytes(4 * (dice.chance(0.9) ? known : dice.int(known + 1)));
}

function description(dice: Dice, count: number): Buffer {
  const pieces = Array.from({ length: count }, () => {
    const item = dice.bytes(dice.int(20));
    const told = dice.chance(0.9) ? item.length : dice.int(256);
    return Buffer.concat([dice.bytes(4), Buffer.of(dice.chance(0.8) ? 1 : dice.int(256), told), item, Buffer.alloc(1)]);
  });
  const body = Buffer.concat(pieces);
  return Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
}
