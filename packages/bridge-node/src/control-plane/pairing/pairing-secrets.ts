import { createHmac } from 'node:crypto';
import {
  PAIRING_CODE_ALPHABET,
  PAIRING_CODE_LENGTH,
  PHONE_CREDENTIAL_PREFIX,
  readPairingCode,
  type SecretKey,
  showPairingCode,
} from '@voice-bridge/core';

/** A secret just made: its text goes out once and is forgotten, the key stays. */
export interface Minted {
  readonly text: string;
  readonly secret: SecretKey;
}

const ID_BYTES = 6;
const SECRET_BYTES = 18;
const HASH_KEY_BYTES = 32;
/** Of a code's letters, those that tell which code is meant; the other five are the secret. */
const CODE_ID_LENGTH = 3;
const CODE_BYTES = 16;
/** The highest byte that makes every letter as likely as any other. */
const FAIR_BYTES = 256 - (256 % PAIRING_CODE_ALPHABET.length);
const TOKEN = /^([\w-]{8})[\w-]{24}$/;
const CREDENTIAL = new RegExp(`^${PHONE_CREDENTIAL_PREFIX.replace('.', '\\.')}([\\w-]{8})\\.[\\w-]{24}$`);

/** Makes and reads tokens, codes and credentials. Their keys are hashes (HMAC, RFC 2104) that only this process can make. */
export class PairingSecrets {
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #hashKey: Uint8Array;
  readonly #renewalKey: Uint8Array;

  constructor(randomBytes: (length: number) => Uint8Array) {
    this.#randomBytes = randomBytes;
    this.#hashKey = randomBytes(HASH_KEY_BYTES);
    this.#renewalKey = randomBytes(HASH_KEY_BYTES);
  }

  /** A token of 32 characters, 144 of its bits secret. */
  mintToken(): Minted {
    return this.#minted(this.#base64(ID_BYTES) + this.#base64(SECRET_BYTES), (text) => this.readToken(text));
  }

  /** A code, shown as `XXXX-XXXX`. */
  mintCode(): Minted {
    return this.#minted(showPairingCode(this.#letters()), (text) => this.readCode(text));
  }

  /** A credential of a new phone. */
  mintCredential(): Minted {
    return this.#credential(this.#base64(ID_BYTES), this.#base64(SECRET_BYTES));
  }

  /** The credential of the phone with this id that follows another one of its: always the same, and nobody else can tell it. */
  nextCredential(phoneId: string, before: string): Minted {
    const secret = createHmac('sha256', this.#renewalKey).update(before).digest().subarray(0, SECRET_BYTES);
    return this.#credential(phoneId, secret.toString('base64url'));
  }

  /** The key of a token; undefined for what cannot be one. */
  readToken(text: string): SecretKey | undefined {
    return this.#keyOf(text, TOKEN.exec(text)?.[1]);
  }

  /** The key of a code as somebody typed it; undefined for what cannot be one. */
  readCode(text: string): SecretKey | undefined {
    const letters = readPairingCode(text);
    return letters === undefined ? undefined : this.#keyOf(letters, letters.slice(-CODE_ID_LENGTH));
  }

  /** The key of a credential; undefined for what cannot be one. */
  readCredential(text: string): SecretKey | undefined {
    return this.#keyOf(text, CREDENTIAL.exec(text)?.[1]);
  }

  #credential(phoneId: string, secret: string): Minted {
    const text = `${PHONE_CREDENTIAL_PREFIX}${phoneId}.${secret}`;
    return this.#minted(text, (each) => this.readCredential(each));
  }

  #keyOf(text: string, id: string | undefined): SecretKey | undefined {
    if (id === undefined) return undefined;
    return { id, key: createHmac('sha256', this.#hashKey).update(text).digest('base64url') };
  }

  #minted(text: string, read: (text: string) => SecretKey | undefined): Minted {
    const secret = read(text);
    if (secret === undefined) throw new TypeError('A secret of ours must be one that we can read');
    return { text, secret };
  }

  #base64(bytes: number): string {
    return Buffer.from(this.#randomBytes(bytes)).toString('base64url');
  }

  #letters(): string {
    for (;;) {
      const fair = [...this.#randomBytes(CODE_BYTES)].filter((byte) => byte < FAIR_BYTES);
      const letters = fair.map((byte) => PAIRING_CODE_ALPHABET.charAt(byte % PAIRING_CODE_ALPHABET.length));
      if (letters.length >= PAIRING_CODE_LENGTH) return letters.slice(-PAIRING_CODE_LENGTH).join('');
    }
  }
}
