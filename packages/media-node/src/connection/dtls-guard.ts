import { type Clock, TokenBucket } from '@voice-bridge/core';
import { ContentType, type DtlsRecord, plainRecord, readRecords } from './dtls-records.ts';
import { HandshakeInbox } from './handshake-inbox.ts';
import { RecordOpener } from './record-opener.ts';

/** What the guard reads of the library's DTLS association. */
export interface GuardedAssociation {
  readonly connected: boolean;
  readonly cipher: { readonly cipher?: CipherKeys | undefined };
  readonly onConnect: { once(listener: () => void): unknown };
  readonly onData: { execute(payload: Buffer): void };
}

/** The keys of both directions, once there are any. */
interface CipherKeys {
  readonly clientWriteKey?: Buffer | undefined;
  readonly serverWriteKey?: Buffer | undefined;
  readonly clientNonce?: Buffer | undefined;
  readonly serverNonce?: Buffer | undefined;
}

/** What a {@link DtlsGuard} needs. */
export interface DtlsGuardOptions {
  readonly clock: Clock;
  /** Our role and the association; undefined until it has begun. */
  readonly association: () => { readonly role: string; readonly dtls: GuardedAssociation } | undefined;
  /** Gives the library a datagram of one record, whose sender the library may believe. */
  readonly deliver: (record: Buffer) => void;
  /** Told of what `deliver` or the association threw outside of `receive`. */
  readonly warn: (error: unknown) => void;
}

/** Records that came before the keys, or before the handshake was over. */
const MAX_HELD = 16;
const MAX_HELD_BYTES = 16_384;
/** Handshake messages the library gets, at once and per second: each may cost it a flight. */
const HANDSHAKE_RATE = [64, 16] as const;
/** The same of hellos, each of which costs it a key pair: 1.5 ms. A client says two, and repeats one after a second. */
const HELLO_RATE = [8, 2] as const;
const CLIENT_HELLO = 1;
const FINISHED = 20;
const FINISHED_BYTES = 24;
const FATAL = 2;
const CLOSE_NOTIFY = 0;
const CLOSED = plainRecord(ContentType.alert, 0, Buffer.of(1, CLOSE_NOTIFY));

/**
 * Stands before the library's DTLS, which believes records that nothing protects and takes every record as often as it
 * comes. While the handshake runs the library gets whole handshake messages, in order; after it nothing unprotected.
 * Protected records are opened here first, once each: payloads go on opened, of alerts only those that end the
 * connection. What overtakes the handshake waits for it.
 */
export class DtlsGuard {
  readonly #options: DtlsGuardOptions;
  readonly #inbox: HandshakeInbox;
  readonly #rate: TokenBucket;
  readonly #helloRate: TokenBucket;
  readonly #held: DtlsRecord[] = [];
  /** Opened payloads that wait for the end of the handshake. */
  readonly #early: Buffer[] = [];
  #opener: RecordOpener | undefined;
  #keys: CipherKeys | undefined;
  /** A Finished that waits for the messages before it. */
  #finished: { readonly number: number; readonly record: DtlsRecord } | undefined;
  #delivered = 0;

  constructor(options: DtlsGuardOptions) {
    this.#options = options;
    this.#rate = new TokenBucket(...HANDSHAKE_RATE, options.clock.now());
    this.#helloRate = new TokenBucket(...HELLO_RATE, options.clock.now());
    this.#inbox = new HandshakeInbox((message) => this.#deliverHandshake(message));
  }

  /** Takes one datagram from a proven source; gives whether a protected record of it was opened. */
  receive(datagram: Buffer): boolean {
    let isOpened = false;
    for (const record of readRecords(datagram)) {
      if (record.epoch === 0) this.#takePlain(record);
      else if (record.epoch === 1) isOpened = this.#takeProtected(record) || isOpened;
    }
    return isOpened;
  }

  #takePlain({ type, bytes }: DtlsRecord): void {
    // Alerts and changes of the cipher need no protection to be sent, and so can be anybody's.
    if (type !== ContentType.handshake || this.#association?.connected === true) return;
    const before = this.#inbox.next;
    this.#inbox.take(bytes.subarray(bytes.length - bytes.readUInt16BE(11)));
    if (this.#inbox.next > before) this.#retryHeld();
  }

  #deliverHandshake(message: Buffer): void {
    // A Finished that anybody could have written must not be judged as the peer's.
    if (message[0] === FINISHED) return;
    if (message[0] === CLIENT_HELLO && !this.#helloRate.take(this.#options.clock.now())) return;
    if (!this.#rate.take(this.#options.clock.now())) return;
    this.#options.deliver(plainRecord(ContentType.handshake, this.#delivered++, message));
  }

  /** The library may have made its keys in this turn or in the promises that follow it. */
  #retryHeld(): void {
    if (this.#held.length === 0 && this.#finished === undefined) return;
    this.#soon(() => {
      for (const record of this.#held.splice(0)) this.#takeProtected(record);
      const finished = this.#finished;
      if (finished !== undefined) this.#takeFinished(finished.number, finished.record);
    });
  }

  #takeProtected(record: DtlsRecord): boolean {
    const opener = this.#openerOf();
    if (opener === undefined) {
      this.#hold(record);
      return false;
    }
    const payload = opener.open(record);
    if (payload === undefined) return false;
    if (record.type === ContentType.applicationData) this.#takeData(payload);
    else if (record.type === ContentType.alert) this.#takeAlert(payload);
    else if (record.type === ContentType.handshake && isFinished(payload)) {
      this.#takeFinished(payload.readUInt16BE(4), record);
    }
    return true;
  }

  #hold(record: DtlsRecord): void {
    const bytes = this.#held.reduce((sum, { bytes }) => sum + bytes.length, record.bytes.length);
    if (this.#held.length < MAX_HELD && bytes <= MAX_HELD_BYTES) this.#held.push(record);
  }

  #takeData(payload: Buffer): void {
    const association = this.#association;
    if (association?.connected === true) {
      association.onData.execute(payload);
      return;
    }
    if (this.#early.length >= MAX_HELD) return;
    if (this.#early.length === 0) association?.onConnect.once(() => this.#soon(() => this.#giveEarly()));
    this.#early.push(payload);
  }

  /** Nobody would catch what is thrown in a turn of its own. */
  #soon(act: () => void): void {
    setImmediate(() => {
      try {
        act();
      } catch (error) {
        this.#options.warn(error);
      }
    });
  }

  #giveEarly(): void {
    for (const payload of this.#early.splice(0)) this.#association?.onData.execute(payload);
  }

  /** A fatal alert ends the connection as a close does; of others the library is told nothing: it would end for each. */
  #takeAlert(payload: Buffer): void {
    const [level, description] = payload;
    if (payload.length === 2 && (level === FATAL || description === CLOSE_NOTIFY)) this.#options.deliver(CLOSED);
  }

  #takeFinished(number: number, record: DtlsRecord): void {
    this.#finished = undefined;
    if (number > this.#inbox.next) {
      this.#finished = { number, record };
      return;
    }
    if (!this.#rate.take(this.#options.clock.now())) return;
    this.#options.deliver(record.bytes);
    if (number === this.#inbox.next) this.#inbox.skip();
  }

  get #association(): GuardedAssociation | undefined {
    return this.#options.association()?.dtls;
  }

  /** The opener for the peer's keys; a new one when the library has derived others, as long as it may. */
  #openerOf(): RecordOpener | undefined {
    const { role, dtls } = this.#options.association() ?? {};
    const keys = dtls?.cipher.cipher;
    if (keys === undefined || keys === this.#keys) return this.#opener;
    const [key, salt] =
      role === 'client' ? [keys.serverWriteKey, keys.serverNonce] : [keys.clientWriteKey, keys.clientNonce];
    if (key === undefined || salt === undefined) return undefined;
    this.#keys = keys;
    // What other keys opened is not this peer's.
    this.#early.length = 0;
    this.#opener = new RecordOpener(key, salt);
    return this.#opener;
  }
}

/** One whole Finished message (RFC 5246 section 7.4.9). */
function isFinished(payload: Buffer): boolean {
  return payload.length === FINISHED_BYTES && payload[0] === FINISHED && payload.readUIntBE(9, 3) === 12;
}
