import type { Choices, Dice } from './dice.ts';

/** Largest input: what fits a UDP datagram of one Ethernet frame; one in a hundred is larger. */
const MTU_BYTES = 1_472;
const LARGE_BYTES = 9_000;

type Mutation = (bytes: Buffer, dice: Dice) => Buffer;

const MUTATIONS: Choices<Mutation> = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  setLength,
  setLength,
  truncate,
  extend,
  duplicate,
  remove,
  zero,
];

/** Does one to four small things to a copy of some bytes. */
export function mutate(bytes: Buffer, dice: Dice): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let left = 1 + dice.int(4); left > 0; left--) mutated = dice.pick(MUTATIONS)(mutated, dice);
  return mutated.subarray(0, dice.chance(0.01) ? LARGE_BYTES : MTU_BYTES);
}

/** The front of one input and the back of another. */
export function splice(front: Buffer, back: Buffer, dice: Dice): Buffer {
  const cut = dice.int(Math.min(front.length, back.length) + 1);
  return Buffer.concat([front.subarray(0, cut), back.subarray(cut)]).subarray(0, MTU_BYTES);
}

function flipBit(bytes: Buffer, dice: Dice): Buffer {
  if (bytes.length === 0) return bytes;
  const at = dice.int(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.int(8));
  return bytes;
}

function setByte(bytes: Buffer, dice: Dice): Buffer {
  if (bytes.length > 0) bytes[dice.int(bytes.length)] = dice.pick([0, 1, 0x7f, 0x80, 0xff, dice.int(256)]);
  return bytes;
}

/** Lengths and counts stand in 16 bits, nearly everywhere at even offsets. */
function setLength(bytes: Buffer, dice: Dice): Buffer {
  if (bytes.length < 2) return bytes;
  const at = Math.min(bytes.length - 2, dice.int(Math.ceil(bytes.length / 2)) * 2);
  const value = dice.pick([0, 1, 3, 4, 0xffff, bytes.length, bytes.length - at, bytes.readUInt16BE(at) + 1]);
  bytes.writeUInt16BE(value & 0xffff, at);
  return bytes;
}

function truncate(bytes: Buffer, dice: Dice): Buffer {
  return bytes.subarray(0, dice.int(bytes.length + 1));
}

function extend(bytes: Buffer, dice: Dice): Buffer {
  return Buffer.concat([bytes, dice.bytes(1 + dice.int(64))]);
}

function duplicate(bytes: Buffer, dice: Dice): Buffer {
  const [start, end] = range(bytes, dice);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
}

function remove(bytes: Buffer, dice: Dice): Buffer {
  const [start, end] = range(bytes, dice);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

function zero(bytes: Buffer, dice: Dice): Buffer {
  return bytes.fill(0, ...range(bytes, dice));
}

function range(bytes: Buffer, dice: Dice): [start: number, end: number] {
  const start = dice.int(bytes.length + 1);
  return [start, Math.min(bytes.length, start + dice.int(32))];
}
