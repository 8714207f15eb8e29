import { AesBlocks, BLOCK_BYTES } from './aes-blocks.ts';
import type { SrtpKeys } from './srtp-keys.ts';

/** The keys that protect RTP, or RTCP, of one direction. */
export interface SessionKeys {
  readonly encryption: Uint8Array;
  readonly salt: Uint8Array;
  /** Empty for a profile that authenticates while it encrypts. */
  readonly authentication: Uint8Array;
}

const KEY_BYTES = 16;
const AUTHENTICATION_BYTES = { AES_CM_128_HMAC_SHA1_80: 20, AEAD_AES_128_GCM: 0 } as const;
const SALT_BYTES = { AES_CM_128_HMAC_SHA1_80: 14, AEAD_AES_128_GCM: 12 } as const;
/** Where the label stands in the counter block (RFC 3711 section 4.3.1: key_id is label || 48-bit index, right-aligned in 112 bits). */
const LABEL_OFFSET = 7;

/** The session keys of both protocols, with a key derivation rate of zero (RFC 3711 section 4.3, RFC 7714 section 11). Throws `TypeError` for keys of a wrong length. */
export function deriveSessionKeys({ profile, masterKey, masterSalt }: SrtpKeys): {
  readonly rtp: SessionKeys;
  readonly rtcp: SessionKeys;
} {
  if (masterKey.length !== KEY_BYTES || masterSalt.length !== SALT_BYTES[profile]) {
    throw new TypeError(`The keys do not fit ${profile}: ${masterKey.length} and ${masterSalt.length} bytes`);
  }
  const blocks = new AesBlocks(masterKey);
  const derive = (label: number, bytes: number) => deriveBytes(blocks, masterSalt, label, bytes);
  const keysFrom = (label: number): SessionKeys => ({
    encryption: derive(label, KEY_BYTES),
    authentication: derive(label + 1, AUTHENTICATION_BYTES[profile]),
    salt: derive(label + 2, SALT_BYTES[profile]),
  });
  return { rtp: keysFrom(0), rtcp: keysFrom(3) };
}

/** A shorter salt is padded with zeros at its end (RFC 7714 section 11). */
function deriveBytes(blocks: AesBlocks, salt: Uint8Array, label: number, bytes: number): Uint8Array {
  const count = Math.ceil(bytes / BLOCK_BYTES);
  const counters = new Uint8Array(count * BLOCK_BYTES);
  for (let block = 0; block < count; block++) {
    const at = block * BLOCK_BYTES;
    counters.set(salt, at);
    counters[at + LABEL_OFFSET] = (counters[at + LABEL_OFFSET] ?? 0) ^ label;
    counters[at + BLOCK_BYTES - 1] = block;
  }
  return blocks.encrypt(counters).slice(0, bytes);
}
