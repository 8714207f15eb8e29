import type { Choices, Dice } from './dice.ts';

const HANDSHAKE = 22;
const CONTENT_TYPES: Choices<number> = [20, 21, 22, 22, 22, 22, 23, 23, 24, 25, 0x1a, 63];
const VERSIONS: Choices<number> = [0xfefd, 0xfefd, 0xfefd, 0xfeff, 0xfefc, 0x0303, 0];
/** hello request, client and server hello, verify request, certificate … finished (RFC 6347 section 4.3.2). */
const HANDSHAKE_TYPES: Choices<number> = [0, 1, 1, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 99];
const CIPHER_SUITES = Buffer.from('c02bc02fc00ac014009c', 'hex');
const EXTENSIONS = Buffer.from(
  '000a00080006001d00170018000b00020100000d000800060403040108070017000000ff01000100000e0007000400010007000023000000000000',
  'hex',
);

/** One to three DTLS records (RFC 6347), in the clear, such as anybody can send; `usualEpoch` in most of them. */
export function dtlsDatagram(dice: Dice, usualEpoch = 0): Buffer {
  const records = Array.from({ length: dice.chance(0.8) ? 1 : 1 + dice.int(3) }, () => record(dice, usualEpoch));
  return Buffer.concat(records);
}

function record(dice: Dice, usualEpoch: number): Buffer {
  const type = dice.chance(0.97) ? dice.pick(CONTENT_TYPES) : 20 + dice.int(44);
  const body = type === HANDSHAKE && dice.chance(0.9) ? handshake(dice) : plainBody(dice, type);
  const header = Buffer.alloc(13);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(dice.pick(VERSIONS), 1);
  header.writeUInt16BE(dice.chance(0.8) ? usualEpoch : dice.pick([0, 1, 1, 2, 0xffff]), 3);
  header.writeUIntBE(dice.chance(0.8) ? dice.int(300) : dice.int(2 ** 48), 5, 6);
  header.writeUInt16BE(dice.uint16(body.length), 11);
  return Buffer.concat([header, body]);
}

function plainBody(dice: Dice, type: number): Buffer {
  if (type === 20) return Buffer.of(dice.pick([1, 0, 2]));
  if (type === 21) return Buffer.of(dice.pick([1, 2, 0]), dice.pick([0, 10, 20, 40, 50, 80, 90, 255]));
  return dice.bytes(dice.int(80));
}

function handshake(dice: Dice): Buffer {
  const type = dice.pick(HANDSHAKE_TYPES);
  const body = type === 1 ? clientHello(dice) : otherBody(dice, type);
  const header = Buffer.alloc(12);
  header.writeUInt8(type, 0);
  header.writeUIntBE(dice.chance(0.85) ? body.length : dice.pick([0, 1, 0xffff, 0xff_ffff, dice.int(2 ** 24)]), 1, 3);
  header.writeUInt16BE(dice.chance(0.9) ? dice.int(8) : dice.int(0x1_0000), 4);
  header.writeUIntBE(dice.chance(0.85) ? 0 : dice.int(2 ** 24), 6, 3);
  header.writeUIntBE(dice.chance(0.85) ? body.length : dice.int(2 ** 24), 9, 3);
  return Buffer.concat([header, body]);
}

/** A client hello (RFC 5246 section 7.4.1.2) with the extensions of a WebRTC peer, bent here and there. */
function clientHello(dice: Dice): Buffer {
  const session = dice.bytes(dice.chance(0.9) ? 0 : dice.int(33));
  const cookie = dice.bytes(dice.chance(0.6) ? 0 : dice.pick([8, 16, 20, 32, 255]));
  const suites = dice.chance(0.9) ? CIPHER_SUITES : dice.bytes(dice.int(400));
  const extensions = Buffer.from(EXTENSIONS);
  if (dice.chance(0.4)) extensions.writeUInt16BE(dice.uint16(0xffff), dice.int(extensions.length - 1));
  return Buffer.concat([
    Buffer.of(0xfe, 0xfd),
    dice.bytes(32),
    Buffer.of(session.length),
    session,
    Buffer.of(cookie.length),
    cookie,
    length16(dice, suites.length),
    suites,
    Buffer.of(1, 0),
    length16(dice, extensions.length),
    extensions,
  ]);
}

function otherBody(dice: Dice, type: number): Buffer {
  if (type === 0 || type === 14) return dice.bytes(dice.chance(0.8) ? 0 : dice.int(20));
  if (type === 3) return Buffer.concat([Buffer.of(0xfe, 0xfd, dice.int(256)), dice.bytes(dice.int(40))]);
  if (type === 11) return Buffer.concat([Buffer.of(0, dice.int(4), dice.int(256)), dice.bytes(dice.int(600))]);
  if (type === 16) return Buffer.concat([Buffer.of(dice.pick([32, 65, 0, 255])), dice.bytes(dice.int(100))]);
  if (type === 20) return dice.bytes(dice.chance(0.8) ? 12 : dice.int(40));
  return dice.bytes(dice.int(300));
}

function length16(dice: Dice, length: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(dice.chance(0.95) ? length : dice.uint16(length), 0);
  return bytes;
}
