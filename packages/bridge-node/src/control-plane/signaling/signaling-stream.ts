import type { CancelTimer, Clock } from '@voice-bridge/core';
import { REAUTHORIZE_MS } from '../http/upgrade-router.ts';
import type { SignalingListener } from './signaling-relays.ts';
import { MAX_QUEUED_BYTES } from './signaling-route.ts';

/** How often a silent stream says something, so that nothing between it and the client takes it for dead. */
export const STREAM_PING_MS = 15_000;

/** What one peer hears, as server-sent events (HTML Living Standard section 9.2). Ends when the client reads too slowly, too. */
export class SignalingStream implements SignalingListener {
  readonly body: ReadableStream<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #timers = new Map<string, CancelTimer>();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;
  #listener: () => void = () => {};

  /** `recheck` rejects when the client may not listen any more; it is asked every minute. */
  constructor(clock: Clock, recheck: () => Promise<void>) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_QUEUED_BYTES }),
    );
    this.#every(clock, 'ping', STREAM_PING_MS, () => this.#write(': ping\n\n'));
    this.#every(clock, 'recheck', REAUTHORIZE_MS, () => {
      recheck().catch(() => this.end());
    });
    this.#write(': listening\n\n');
  }

  hear(text: string): void {
    // Line ends are white space in JSON, and end a line of the stream: a client puts them back as they were, but for a carriage return.
    const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    this.#write(`${lines.join('')}\n`);
  }

  replaced(): void {
    this.end();
  }

  closing(): void {
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
    for (const cancel of this.#timers.values()) cancel();
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

  #every(clock: Clock, name: string, periodMs: number, act: () => void): void {
    const again = () => {
      this.#timers.set(name, clock.after(periodMs, again));
      act();
    };
    this.#timers.set(name, clock.after(periodMs, again));
  }
}
