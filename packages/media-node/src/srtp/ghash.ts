import { int32 } from './bytes.ts';

const WORDS = 4;
/** What a byte that falls out at the low end gives back at the high one: the reduction by x^128 + x^7 + x^2 + x + 1. */
const REDUCTION = reductionTable();

/**
 * GHASH (NIST SP 800-38D section 6.4) under one key, by a table of the 256 multiples of the key.
 * Where a stranger can measure this process's caches the table tells about the authentication key, as in every
 * implementation without carry-less multiplication.
 */
export class Ghash {
  /** The value so far, as four big-endian words. */
  readonly value = new Int32Array(WORDS);
  readonly #multiples: Int32Array;

  /** `key` is the 16 bytes to multiply by: the encrypted zero block. */
  constructor(key: Uint8Array) {
    this.#multiples = multiplesOf(key);
  }

  /** Begins a new message. */
  reset(): void {
    this.value.fill(0);
  }

  /** Takes the bytes from `start` to `end`, padded with zeros to whole blocks. */
  update(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    for (; at + 16 <= end; at += 16) {
      this.block(int32(bytes, at), int32(bytes, at + 4), int32(bytes, at + 8), int32(bytes, at + 12));
    }
    if (at < end)
      this.block(tail(bytes, at, end), tail(bytes, at + 4, end), tail(bytes, at + 8, end), tail(bytes, at + 12, end));
  }

  /** Takes one block, given as four words. */
  block(w0: number, w1: number, w2: number, w3: number): void {
    const { value } = this;
    const x0 = (value[0] ?? 0) ^ w0;
    const x1 = (value[1] ?? 0) ^ w1;
    const x2 = (value[2] ?? 0) ^ w2;
    const x3 = (value[3] ?? 0) ^ w3;
    const multiples = this.#multiples;
    let z0 = 0;
    let z1 = 0;
    let z2 = 0;
    let z3 = 0;
    for (let index = 15; index >= 0; index--) {
      const word = index >= 12 ? x3 : index >= 8 ? x2 : index >= 4 ? x1 : x0;
      const at = ((word >>> ((3 - (index & 3)) << 3)) & 0xff) << 2;
      const carry = REDUCTION[z3 & 0xff] ?? 0;
      z3 = ((z3 >>> 8) | (z2 << 24)) ^ (multiples[at + 3] ?? 0);
      z2 = ((z2 >>> 8) | (z1 << 24)) ^ (multiples[at + 2] ?? 0);
      z1 = ((z1 >>> 8) | (z0 << 24)) ^ (multiples[at + 1] ?? 0);
      z0 = (z0 >>> 8) ^ carry ^ (multiples[at] ?? 0);
    }
    value[0] = z0;
    value[1] = z1;
    value[2] = z2;
    value[3] = z3;
  }
}

function tail(bytes: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let index = 0; index < 4; index++) word = (word << 8) | (at + index < end ? (bytes[at + index] ?? 0) : 0);
  return word;
}

/** Entry b is the polynomial b times the key; the highest bit of a byte is its lowest power. */
function multiplesOf(key: Uint8Array): Int32Array {
  const multiples = new Int32Array(256 * WORDS);
  let [v0, v1, v2, v3] = [int32(key, 0), int32(key, 4), int32(key, 8), int32(key, 12)];
  for (let bit = 128; bit >= 1; bit >>= 1) {
    multiples.set([v0, v1, v2, v3], bit * WORDS);
    const carry = -(v3 & 1) & 0xe1000000;
    v3 = (v3 >>> 1) | (v2 << 31);
    v2 = (v2 >>> 1) | (v1 << 31);
    v1 = (v1 >>> 1) | (v0 << 31);
    v0 = (v0 >>> 1) ^ carry;
  }
  for (let byte = 1; byte < 256; byte++) {
    const lowest = byte & -byte;
    if (lowest === byte) continue;
    for (let word = 0; word < WORDS; word++) {
      multiples[byte * WORDS + word] =
        (multiples[lowest * WORDS + word] ?? 0) ^ (multiples[(byte ^ lowest) * WORDS + word] ?? 0);
    }
  }
  return multiples;
}

function reductionTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let [low, high] = [byte, 0];
    for (let bit = 0; bit < 8; bit++) {
      const carry = -(low & 1) & 0xe1000000;
      low >>>= 1;
      high = (high >>> 1) ^ carry;
    }
    table[byte] = high;
  }
  return table;
}
