import { type CancelTimer, type Clock, isVoiceBridgeError, type VoiceBridgeError } from '@voice-bridge/core';
import type { SignalingListener } from './signaling-relays.ts';

/** How often a silent stream says something, so that nothing between it and the client takes it for dead. */
export const STREAM_PING_MS = 15_000;

/** What one peer hears, as server-sent events (HTML Living Standard section 9.2). Ends when the client reads too slowly, too. */
export class SignalingStream implements SignalingListener {
  readonly body: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #clock: Clock;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;
  #cancelPing: CancelTimer = () => {};
  #listener: () => void = () => {};

  /** At most `maxQueuedBytes` may wait for the client. */
  constructor(clock: Clock, maxQueuedBytes: number) {
    this.#clock = clock;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: maxQueuedBytes }),
    );
    this.#pingLater();
    this.#write(': listening\n\n');
  }

  hear(text: string): void {
    // A line feed ends a line of the stream, and clients put it back; there is no carriage return in what peers say.
    const lines = text.split('\n').map((line) => `data: ${line}\n`);
    this.#write(`${lines.join('')}\n`);
  }

  replaced(): void {
    this.end();
  }

  removed(): void {
    this.end();
  }

  ousted(error: VoiceBridgeError): void {
    this.fail(error);
  }

  closing(): void {
    this.end();
  }

  /** Ends the stream after saying why; what is no coded error says nothing of itself. */
  fail(error: unknown): void {
    if (isVoiceBridgeError(error)) {
      const { code, message } = error;
      this.hear(JSON.stringify({ type: 'error', code, message }));
    }
    this.end();
  }

  /** Called once, when the stream is over, whoever ended it; at once when it already is. */
  onEnd(listener: () => void): void {
    if (this.#ended) listener();
    else this.#listener = listener;
  }

  /** Ends the stream after what was said; idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelPing();
    try {
      this.#controller?.close();
    } catch {
      // The client cancelled it.
    }
    this.#listener();
  }

  #write(text: string): void {
    if (this.#ended) return;
    this.#controller?.enqueue(this.#encoder.encode(text));
    if ((this.#controller?.desiredSize ?? 0) <= 0) this.end();
  }

  #pingLater(): void {
    this.#cancelPing = this.#clock.after(STREAM_PING_MS, () => {
      this.#pingLater();
      this.#write(': ping\n\n');
    });
  }
}
