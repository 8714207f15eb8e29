import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { ReplayWindow } from '../srtp/replay-window.ts';
import { type DtlsRecord, RECORD_HEADER_BYTES } from './dtls-records.ts';

const EXPLICIT_NONCE_BYTES = 8;
const TAG_BYTES = 16;
const SALT_BYTES = 4;

/** Opens the records the other side protected with one key, each once: AES_128_GCM (RFC 5288) with a replay window (RFC 6347 section 4.1.2.6). */
export class RecordOpener {
  readonly #key: KeyObject;
  readonly #window = new ReplayWindow();
  readonly #nonce = Buffer.alloc(SALT_BYTES + EXPLICIT_NONCE_BYTES);
  readonly #additional = Buffer.alloc(RECORD_HEADER_BYTES);

  /** `salt` is the implicit part of the nonce; what stands behind its 4 bytes does not matter. */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#key = createSecretKey(key);
    this.#nonce.set(salt.subarray(0, SALT_BYTES));
  }

  /** The payload; undefined when the record was not made with the key, or was opened before. */
  open({ bytes, sequenceNumber }: DtlsRecord): Buffer | undefined {
    const start = RECORD_HEADER_BYTES + EXPLICIT_NONCE_BYTES;
    const end = bytes.length - TAG_BYTES;
    if (end < start || !this.#window.isFresh(sequenceNumber)) return undefined;
    bytes.copy(this.#nonce, SALT_BYTES, RECORD_HEADER_BYTES, start);
    // Epoch and number, type, version, length of the payload (RFC 5246 section 6.2.3.3).
    bytes.copy(this.#additional, 0, 3, 11);
    bytes.copy(this.#additional, 8, 0, 3);
    this.#additional.writeUInt16BE(end - start, 11);
    const decipher = createDecipheriv('aes-128-gcm', this.#key, this.#nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.#additional);
    decipher.setAuthTag(bytes.subarray(end));
    const payload = decipher.update(bytes.subarray(start, end));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    this.#window.take(sequenceNumber);
    return payload;
  }
}
