import { Emitter, type Logger, silentLogger, type Unsubscribe } from '@voice-bridge/core';
import { MAX_CHANNEL_MESSAGE_BYTES, type MediaChannel } from './media-connection.ts';

/** Messages that may wait for their taker. */
export const MAX_WAITING_MESSAGES = 64;

/** The library's side of one data channel, as small as {@link QueuedChannel} needs it. */
export interface RawChannel {
  readonly label: string;
  readonly isReliable: boolean;
  /** Bytes handed over and not yet sent. */
  bufferedAmount(): number;
  send(message: string | Uint8Array): void;
  close(): void;
}

/** A {@link MediaChannel} over any library: queues until open and until there is a taker, and keeps the size limit. */
export class QueuedChannel implements MediaChannel {
  readonly label: string;
  readonly isReliable: boolean;
  readonly #raw: RawChannel;
  readonly #logger: Logger;
  readonly #events: Emitter<{ open: []; close: [] }>;
  readonly #unsent: (string | Uint8Array)[] = [];
  readonly #untaken: (string | Uint8Array)[] = [];
  #unsentBytes = 0;
  #taker: ((message: string | Uint8Array) => void) | undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(raw: RawChannel, logger: Logger = silentLogger) {
    this.label = raw.label;
    this.isReliable = raw.isReliable;
    this.#raw = raw;
    this.#logger = logger;
    this.#events = new Emitter((error) => logger.error({ error }, 'A listener of a data channel threw'));
  }

  get open(): boolean {
    return this.#state === 'open';
  }

  get bufferedAmount(): number {
    return this.#unsentBytes + (this.open ? this.#raw.bufferedAmount() : 0);
  }

  on<Name extends 'open' | 'close'>(event: Name, listener: () => void): Unsubscribe {
    return this.#events.on<'open' | 'close'>(event, listener);
  }

  send(message: string | Uint8Array): boolean {
    if (this.#state === 'closed') return false;
    const bytes = byteLength(message);
    if (bytes > MAX_CHANNEL_MESSAGE_BYTES) {
      this.#logger.warn({ label: this.label, bytes }, 'Dropped a data-channel message that is too large to send');
      return true;
    }
    if (this.open) return this.#sendNow(message);
    this.#unsent.push(typeof message === 'string' ? message : message.slice());
    this.#unsentBytes += bytes;
    return true;
  }

  receive(taker: (message: string | Uint8Array) => void): void {
    this.#taker = taker;
    for (const message of this.#untaken.splice(0)) this.#hand(taker, message);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#untaken.length = 0;
    this.#raw.close();
    this.rawClosed();
  }

  /** The library says: open. */
  rawOpened(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#unsentBytes = 0;
    for (const message of this.#unsent.splice(0)) this.#sendNow(message);
    this.#events.emit('open');
  }

  /** The library says: closed, or it failed. Final. */
  rawClosed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#unsent.length = 0;
    this.#unsentBytes = 0;
    this.#events.emit('close');
    this.#events.clear();
  }

  /** The library received one message. */
  rawReceived(message: string | Uint8Array): void {
    // Whoever is at the other end need not agree to our close, and could go on to fill what waits for a taker.
    if (this.#state === 'closed') return;
    if (byteLength(message) > MAX_CHANNEL_MESSAGE_BYTES) {
      this.#logger.warn({ label: this.label }, 'Dropped a data-channel message that is too large');
    } else if (this.#taker !== undefined) {
      this.#hand(this.#taker, message);
    } else if (this.#untaken.length < MAX_WAITING_MESSAGES) {
      this.#untaken.push(message);
    } else {
      this.#logger.warn({ label: this.label }, 'Dropped a data-channel message that nobody took');
    }
  }

  #sendNow(message: string | Uint8Array): boolean {
    try {
      this.#raw.send(message);
      return true;
    } catch (error) {
      this.#logger.warn({ label: this.label, error }, 'A data-channel message could not be sent');
      return false;
    }
  }

  #hand(taker: (message: string | Uint8Array) => void, message: string | Uint8Array): void {
    try {
      taker(message);
    } catch (error) {
      this.#logger.error({ label: this.label, error }, 'The taker of a data channel threw');
    }
  }
}

function byteLength(message: string | Uint8Array): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
}
