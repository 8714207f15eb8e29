import { setUint32 } from '../rtp/rtp-packet.ts';
import { int32 } from './bytes.ts';

/** Bytes that are hashed at once, and of the longest key. */
export const HMAC_BLOCK_BYTES = 64;
const DIGEST_WORDS = 5;
const LENGTH_OFFSET = 56;
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const;
const [INNER_PAD, OUTER_PAD] = [0x36, 0x5c] as const;
/** Written anew before every use: one place for all connections stays in the processor's cache. */
const schedule = new Int32Array(80);
const block = new Uint8Array(HMAC_BLOCK_BYTES);
const digest = new Int32Array(DIGEST_WORDS);

/**
 * HMAC-SHA1 (RFC 2104) under one key, without allocation per message: the blocks of the padded key are hashed once.
 * node:crypto makes two objects per message, which costs three times the hashing of an audio packet.
 */
export class HmacSha1 {
  readonly #inner = new Int32Array(DIGEST_WORDS);
  readonly #outer = new Int32Array(DIGEST_WORDS);

  /** `key` is at most 64 bytes. */
  constructor(key: Uint8Array) {
    if (key.length > HMAC_BLOCK_BYTES)
      throw new TypeError(`A key of at most ${HMAC_BLOCK_BYTES} bytes, got ${key.length}`);
    begin(key, INNER_PAD, this.#inner);
    begin(key, OUTER_PAD, this.#outer);
  }

  /** The digest of the first `length` bytes of `message`, as five big-endian words; valid until the next call, of any instance. */
  digest(message: Uint8Array, length: number): Int32Array {
    copyWords(this.#inner, digest);
    let at = 0;
    for (; at + HMAC_BLOCK_BYTES <= length; at += HMAC_BLOCK_BYTES) compress(digest, message, at);
    const rest = length - at;
    for (let index = 0; index < rest; index++) block[index] = message[at + index] ?? 0;
    finish(rest, length);
    for (let word = 0; word < DIGEST_WORDS; word++) setUint32(block, word * 4, digest[word] ?? 0);
    copyWords(this.#outer, digest);
    finish(DIGEST_WORDS * 4, DIGEST_WORDS * 4);
    return digest;
  }
}

/** `set` costs more for so few. */
function copyWords(from: Int32Array, to: Int32Array): void {
  for (let word = 0; word < DIGEST_WORDS; word++) to[word] = from[word] ?? 0;
}

function begin(key: Uint8Array, pad: number, state: Int32Array): void {
  state.set(START);
  for (let index = 0; index < HMAC_BLOCK_BYTES; index++) block[index] = (key[index] ?? 0) ^ pad;
  compress(state, block, 0);
}

/** Pads the `rest` bytes in the block (FIPS 180-4 section 5.1.1); the padded key counts into the length. */
function finish(rest: number, length: number): void {
  block[rest] = 0x80;
  for (let index = rest + 1; index < HMAC_BLOCK_BYTES; index++) block[index] = 0;
  if (rest >= LENGTH_OFFSET) {
    compress(digest, block, 0);
    block.fill(0);
  }
  setUint32(block, LENGTH_OFFSET + 4, (HMAC_BLOCK_BYTES + length) * 8);
  compress(digest, block, 0);
}

/** One block of SHA-1 (FIPS 180-4 section 6.1.2). */
function compress(state: Int32Array, message: Uint8Array, offset: number): void {
  for (let t = 0; t < 16; t++) schedule[t] = int32(message, offset + t * 4);
  for (let t = 16; t < 80; t++) {
    const mixed = (schedule[t - 3] ?? 0) ^ (schedule[t - 8] ?? 0) ^ (schedule[t - 14] ?? 0) ^ (schedule[t - 16] ?? 0);
    schedule[t] = (mixed << 1) | (mixed >>> 31);
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let t = 0;
  for (; t < 20; t++) {
    const next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + (schedule[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 40; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (schedule[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 60; t++) {
    const next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + (schedule[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; t < 80; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (schedule[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
}
