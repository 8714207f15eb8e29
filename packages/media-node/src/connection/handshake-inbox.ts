/** Largest handshake message taken, in bytes: room for a chain of certificates. */
export const MAX_HANDSHAKE_BYTES = 16_384;
/** Bytes of unfinished messages kept at a time. */
export const MAX_UNFINISHED_BYTES = 2 * MAX_HANDSHAKE_BYTES;
/** Messages that may come before their turn; no flight has more. */
const MAX_AHEAD = 8;
const HEADER_BYTES = 12;

interface Unfinished {
  readonly type: number;
  /** The message with its header, as far as it has come. */
  readonly bytes: Buffer;
  readonly seen: Uint8Array;
  missing: number;
}

/**
 * Puts the handshake messages of a DTLS peer together from their fragments (RFC 6347 section 4.2.3) and gives them out
 * whole and in order, within bounds: the library would keep every fragment, and derive keys from what came out of turn.
 * A repeated message is given out again.
 */
export class HandshakeInbox {
  readonly #give: (message: Buffer) => void;
  readonly #unfinished = new Map<number, Unfinished>();
  readonly #whole = new Map<number, Buffer>();
  #next = 0;
  #unfinishedBytes = 0;

  constructor(give: (message: Buffer) => void) {
    this.#give = give;
  }

  /** The number of the message whose turn it is. */
  get next(): number {
    return this.#next;
  }

  /** Bytes kept of messages that are not whole. */
  get unfinishedBytes(): number {
    return this.#unfinishedBytes;
  }

  /** Takes the payload of one handshake record; of a malformed one as much as is sound. */
  take(payload: Buffer): void {
    let start = 0;
    while (start + HEADER_BYTES <= payload.length) {
      const end = start + HEADER_BYTES + payload.readUIntBE(start + 9, 3);
      if (end > payload.length) return;
      this.#takeFragment(payload.subarray(start, end));
      start = end;
    }
  }

  /** The message whose turn it is has come another way: those behind it follow. */
  skip(): void {
    this.#next++;
    this.#giveAll();
  }

  #takeFragment(fragment: Buffer): void {
    const length = fragment.readUIntBE(1, 3);
    const number = fragment.readUInt16BE(4);
    const isWhole = fragment.length === HEADER_BYTES + length;
    if (fragment.readUIntBE(6, 3) + fragment.length - HEADER_BYTES > length || length > MAX_HANDSHAKE_BYTES) return;
    if (Math.abs(number - this.#next) >= MAX_AHEAD) return;
    const whole = isWhole ? fragment : this.#assemble(fragment, number, length);
    if (number < this.#next) {
      if (whole !== undefined) this.#give(whole);
    } else {
      if (whole !== undefined && !this.#whole.has(number)) this.#whole.set(number, whole);
      this.#giveAll();
    }
  }

  #assemble(fragment: Buffer, number: number, length: number): Buffer | undefined {
    const message = this.#unfinished.get(number) ?? this.#begin(fragment, number, length);
    const isOfMessage = message?.type === fragment[0] && message?.seen.length === length;
    if (message === undefined || !isOfMessage) return undefined;
    const offset = fragment.readUIntBE(6, 3);
    fragment.copy(message.bytes, HEADER_BYTES + offset, HEADER_BYTES);
    for (let at = offset; at < offset + fragment.length - HEADER_BYTES; at++) {
      if (message.seen[at] === 0) message.missing--;
      message.seen[at] = 1;
    }
    if (message.missing > 0) return undefined;
    this.#drop(number);
    return message.bytes;
  }

  #begin(fragment: Buffer, number: number, length: number): Unfinished | undefined {
    const bytes = HEADER_BYTES + length;
    if (this.#unfinishedBytes + bytes > MAX_UNFINISHED_BYTES) return undefined;
    const message: Unfinished = {
      type: fragment.readUInt8(0),
      bytes: Buffer.alloc(bytes),
      seen: new Uint8Array(length),
      missing: length,
    };
    fragment.copy(message.bytes, 0, 0, 6);
    message.bytes.writeUIntBE(length, 9, 3);
    this.#unfinishedBytes += bytes;
    this.#unfinished.set(number, message);
    return message;
  }

  #giveAll(): void {
    for (let whole = this.#whole.get(this.#next); whole !== undefined; whole = this.#whole.get(this.#next)) {
      this.#whole.delete(this.#next);
      this.#drop(this.#next);
      this.#next++;
      this.#give(whole);
    }
  }

  #drop(number: number): void {
    this.#unfinishedBytes -= this.#unfinished.get(number)?.bytes.length ?? 0;
    this.#unfinished.delete(number);
  }
}
