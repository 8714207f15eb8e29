import { setUint32, uint16, uint32 } from '../rtp/rtp-packet.ts';
import { BLOCK_BYTES } from './aes-blocks.ts';
import { int32, xorInto } from './bytes.ts';
import { HmacSha1 } from './hmac-sha1.ts';
import type { SessionKeys } from './key-derivation.ts';
import { Keystream, type WriteCounters } from './keystream.ts';
import { ENCRYPTED_FLAG, RTCP_CLEAR_BYTES, type SrtpTransform } from './srtp-transform.ts';

const TAG_BYTES = 10;
const INDEX_BYTES = 4;
const SEQUENCE_VALUES = 65_536;

/** AES in counter mode with an 80-bit HMAC-SHA1 tag (RFC 3711 sections 4.1.1 and 4.2.1). */
export class AesCmTransform implements SrtpTransform {
  readonly rtpOverhead = TAG_BYTES;
  readonly rtcpOverhead = INDEX_BYTES + TAG_BYTES;
  readonly #rtpKeystream: Keystream;
  readonly #rtcpKeystream: Keystream;
  readonly #rtpHmac: HmacSha1;
  readonly #rtcpHmac: HmacSha1;

  constructor(rtp: SessionKeys, rtcp: SessionKeys) {
    this.#rtpKeystream = new Keystream(rtp.encryption, counterWriter(rtp.salt));
    this.#rtcpKeystream = new Keystream(rtcp.encryption, counterWriter(rtcp.salt));
    this.#rtpHmac = new HmacSha1(rtp.authentication);
    this.#rtcpHmac = new HmacSha1(rtcp.authentication);
  }

  sealRtp(buffer: Uint8Array, clear: number, length: number, ssrc: number, index: number): void {
    encrypt(this.#rtpKeystream, buffer, clear, length, ssrc, index);
    // The rollover counter is authenticated, not sent: it stands where the tag comes.
    setUint32(buffer, length, Math.floor(index / SEQUENCE_VALUES));
    writeTag(this.#rtpHmac.digest(buffer, length + 4), buffer, length);
  }

  openRtp(buffer: Uint8Array, clear: number, length: number, ssrc: number, index: number): boolean {
    const end = length - TAG_BYTES;
    const first = int32(buffer, end);
    setUint32(buffer, end, Math.floor(index / SEQUENCE_VALUES));
    const digest = this.#rtpHmac.digest(buffer, end + 4);
    setUint32(buffer, end, first);
    if (!hasTag(digest, buffer, end)) return false;
    encrypt(this.#rtpKeystream, buffer, clear, end, ssrc, index);
    return true;
  }

  sealRtcp(buffer: Uint8Array, length: number, ssrc: number, index: number): void {
    encrypt(this.#rtcpKeystream, buffer, RTCP_CLEAR_BYTES, length, ssrc, index);
    setUint32(buffer, length, index | ENCRYPTED_FLAG);
    writeTag(this.#rtcpHmac.digest(buffer, length + INDEX_BYTES), buffer, length + INDEX_BYTES);
  }

  rtcpIndexWord(buffer: Uint8Array, length: number): number {
    return uint32(buffer, length - TAG_BYTES - INDEX_BYTES);
  }

  openRtcp(buffer: Uint8Array, length: number, ssrc: number, index: number): boolean {
    const end = length - TAG_BYTES;
    if (!hasTag(this.#rtcpHmac.digest(buffer, end), buffer, end)) return false;
    encrypt(this.#rtcpKeystream, buffer, RTCP_CLEAR_BYTES, end - INDEX_BYTES, ssrc, index);
    return true;
  }
}

/** The counter blocks of RFC 3711 section 4.1.1: (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16), and the block number. */
function counterWriter(salt: Uint8Array): WriteCounters {
  const [salt0, salt1, salt2] = [int32(salt, 0), int32(salt, 4), int32(salt, 8)];
  const salt3 = uint16(salt, 12);
  return (counters, at, blocks, ssrc, rollover, sequence) => {
    const [word1, word2, word3] = [salt1 ^ ssrc, salt2 ^ rollover, (salt3 ^ sequence) << 16];
    for (let block = 0; block < blocks; block++) {
      const offset = at + block * BLOCK_BYTES;
      counters.setInt32(offset, salt0);
      counters.setInt32(offset + 4, word1);
      counters.setInt32(offset + 8, word2);
      counters.setInt32(offset + 12, word3 | block);
    }
  };
}

/** Encrypts or decrypts the bytes from `start` to `end`. */
function encrypt(keystream: Keystream, buffer: Uint8Array, start: number, end: number, ssrc: number, index: number) {
  const offset = keystream.find(ssrc, index, end - start);
  xorInto(buffer, start, end, keystream.bytes, offset);
}

function writeTag(digest: Int32Array, buffer: Uint8Array, at: number): void {
  setUint32(buffer, at, digest[0] ?? 0);
  setUint32(buffer, at + 4, digest[1] ?? 0);
  buffer[at + 8] = (digest[2] ?? 0) >>> 24;
  buffer[at + 9] = (digest[2] ?? 0) >>> 16;
}

/** In the same time wherever the difference is. */
function hasTag(digest: Int32Array, buffer: Uint8Array, at: number): boolean {
  const difference =
    (int32(buffer, at) ^ (digest[0] ?? 0)) |
    (int32(buffer, at + 4) ^ (digest[1] ?? 0)) |
    (uint16(buffer, at + 8) ^ ((digest[2] ?? 0) >>> 16));
  return difference === 0;
}
