import { type Cipheriv, createCipheriv, createSecretKey } from 'node:crypto';

/** Bytes of an AES block. */
export const BLOCK_BYTES = 16;

/** AES-128 over whole blocks, with one cipher kept for the life of the key: making one costs more than using it. */
export class AesBlocks {
  readonly #cipher: Cipheriv;

  /** `key` is 16 bytes. */
  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv('aes-128-ecb', createSecretKey(key), null).setAutoPadding(false);
  }

  /** Each block of `blocks` encrypted; the length is a multiple of {@link BLOCK_BYTES}. */
  encrypt(blocks: Uint8Array): Uint8Array {
    return this.#cipher.update(blocks);
  }
}
