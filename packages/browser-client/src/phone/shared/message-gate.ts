import { type Clock, TokenBucket, VoiceBridgeError } from '@voice-bridge/core';

/** Messages that are taken in a second for as long as the other end likes, and at once. No honest end comes near. */
export const [MESSAGES_PER_SECOND, MESSAGES_AT_ONCE] = [200, 400];
/** Messages dropped at once after which the other end is taken for a flood; it may lose `MESSAGES_PER_SECOND` for ever. */
export const FLOOD_MESSAGES = 1_000;

/** Bounds what comes over a data channel: more than a page can use is dropped unread, and a flood is no reason to go on. */
export class MessageGate {
  readonly #clock: Clock;
  readonly #taken: TokenBucket;
  readonly #dropped: TokenBucket;
  readonly #onFlood: (error: VoiceBridgeError) => void;

  /** `onFlood` is called with `rate_limited` when there are so many that the connection is to end. */
  constructor(clock: Clock, onFlood: (error: VoiceBridgeError) => void) {
    const now = clock.now();
    this.#clock = clock;
    this.#onFlood = onFlood;
    this.#taken = new TokenBucket(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, now);
    this.#dropped = new TokenBucket(FLOOD_MESSAGES, MESSAGES_PER_SECOND, now);
  }

  /** Whether the next message is to be read. */
  passes(): boolean {
    const now = this.#clock.now();
    if (this.#taken.take(now)) return true;
    if (!this.#dropped.take(now)) this.#onFlood(FLOOD);
    return false;
  }
}

const FLOOD = new VoiceBridgeError('rate_limited', 'The other device sends too many messages', {
  hint: 'Load both pages again.',
  retryable: false,
});
