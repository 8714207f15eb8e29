import { setUint32, uint32 } from '../rtp/rtp-packet.ts';
import { AesBlocks, BLOCK_BYTES } from './aes-blocks.ts';
import { int32, xorInto } from './bytes.ts';
import { Ghash } from './ghash.ts';
import type { SessionKeys } from './key-derivation.ts';
import { Keystream, type WriteCounters } from './keystream.ts';
import { ENCRYPTED_FLAG, RTCP_CLEAR_BYTES, type SrtpTransform } from './srtp-transform.ts';

const TAG_BYTES = 16;
const INDEX_BYTES = 4;

/** AES-128 in Galois/counter mode with a 128-bit tag (RFC 7714 sections 8 and 9). */
export class AesGcmTransform implements SrtpTransform {
  readonly rtpOverhead = TAG_BYTES;
  readonly rtcpOverhead = TAG_BYTES + INDEX_BYTES;
  readonly #rtp: Gcm;
  readonly #rtcp: Gcm;

  constructor(rtp: SessionKeys, rtcp: SessionKeys) {
    this.#rtp = new Gcm(rtp);
    this.#rtcp = new Gcm(rtcp);
  }

  sealRtp(buffer: Uint8Array, clear: number, length: number, ssrc: number, index: number): void {
    const offset = this.#rtp.encrypt(buffer, clear, length, ssrc, index);
    this.#rtp.authenticate(buffer, clear, length);
    this.#rtp.writeTag(buffer, length, offset);
  }

  openRtp(buffer: Uint8Array, clear: number, length: number, ssrc: number, index: number): boolean {
    const end = length - TAG_BYTES;
    this.#rtp.authenticate(buffer, clear, end);
    return this.#rtp.open(buffer, clear, end, ssrc, index);
  }

  sealRtcp(buffer: Uint8Array, length: number, ssrc: number, index: number): void {
    const word = index | ENCRYPTED_FLAG;
    const offset = this.#rtcp.encrypt(buffer, RTCP_CLEAR_BYTES, length, ssrc, index);
    this.#rtcp.authenticateRtcp(buffer, length, word);
    this.#rtcp.writeTag(buffer, length, offset);
    setUint32(buffer, length + TAG_BYTES, word);
  }

  rtcpIndexWord(buffer: Uint8Array, length: number): number {
    return uint32(buffer, length - INDEX_BYTES);
  }

  openRtcp(buffer: Uint8Array, length: number, ssrc: number, index: number): boolean {
    const end = length - INDEX_BYTES - TAG_BYTES;
    this.#rtcp.authenticateRtcp(buffer, end, index | ENCRYPTED_FLAG);
    return this.#rtcp.open(buffer, RTCP_CLEAR_BYTES, end, ssrc, index);
  }
}

/** One protocol's cipher: the first block of a packet's keystream masks the tag, the others the text (NIST SP 800-38D section 7.1). */
class Gcm {
  readonly #keystream: Keystream;
  readonly #ghash: Ghash;

  constructor({ encryption, salt }: SessionKeys) {
    this.#keystream = new Keystream(encryption, counterWriter(salt));
    this.#ghash = new Ghash(new AesBlocks(encryption).encrypt(new Uint8Array(BLOCK_BYTES)));
  }

  /** Encrypts or decrypts the bytes from `start` to `end`; gives where the mask of the tag is in the keystream. */
  encrypt(buffer: Uint8Array, start: number, end: number, ssrc: number, index: number): number {
    const offset = this.#keystream.find(ssrc, index, BLOCK_BYTES + end - start);
    xorInto(buffer, start, end, this.#keystream.bytes, offset + BLOCK_BYTES);
    return offset;
  }

  /** Hashes a packet whose `clear` first bytes are the associated data. */
  authenticate(buffer: Uint8Array, clear: number, end: number): void {
    const ghash = this.#ghash;
    ghash.reset();
    ghash.update(buffer, 0, clear);
    ghash.update(buffer, clear, end);
    ghash.block(0, clear * 8, 0, (end - clear) * 8);
  }

  /** The associated data of RTCP is its clear bytes and the index word, 12 bytes (RFC 7714 section 9.2). */
  authenticateRtcp(buffer: Uint8Array, end: number, indexWord: number): void {
    const ghash = this.#ghash;
    ghash.reset();
    ghash.block(int32(buffer, 0), int32(buffer, 4), indexWord, 0);
    ghash.update(buffer, RTCP_CLEAR_BYTES, end);
    ghash.block(0, (RTCP_CLEAR_BYTES + INDEX_BYTES) * 8, 0, (end - RTCP_CLEAR_BYTES) * 8);
  }

  writeTag(buffer: Uint8Array, at: number, offset: number): void {
    const { value } = this.#ghash;
    const { bytes } = this.#keystream;
    for (let word = 0; word < 4; word++) {
      setUint32(buffer, at + word * 4, (value[word] ?? 0) ^ int32(bytes, offset + word * 4));
    }
  }

  /** Decrypts what was hashed when the tag behind it is right; compares in the same time wherever the difference is. */
  open(buffer: Uint8Array, start: number, end: number, ssrc: number, index: number): boolean {
    const offset = this.#keystream.find(ssrc, index, BLOCK_BYTES + end - start);
    const { value } = this.#ghash;
    const { bytes } = this.#keystream;
    let difference = 0;
    for (let word = 0; word < 4; word++) {
      const expected = (value[word] ?? 0) ^ int32(bytes, offset + word * 4);
      difference |= expected ^ int32(buffer, end + word * 4);
    }
    if (difference !== 0) return false;
    xorInto(buffer, start, end, bytes, offset + BLOCK_BYTES);
    return true;
  }
}

/** The counter blocks of RFC 7714 sections 8.1 and 9.1: salt XOR (0 || SSRC || 48-bit index), and the block number from 1 on. */
function counterWriter(salt: Uint8Array): WriteCounters {
  const [salt0, salt1, salt2] = [int32(salt, 0), int32(salt, 4), int32(salt, 8)];
  return (counters, at, blocks, ssrc, rollover, sequence) => {
    const word0 = salt0 ^ (ssrc >>> 16);
    const word1 = salt1 ^ ((ssrc << 16) | (rollover >>> 16));
    const word2 = salt2 ^ ((rollover << 16) | sequence);
    for (let block = 0; block < blocks; block++) {
      const offset = at + block * BLOCK_BYTES;
      counters.setInt32(offset, word0);
      counters.setInt32(offset + 4, word1);
      counters.setInt32(offset + 8, word2);
      counters.setInt32(offset + 12, block + 1);
    }
  };
}
