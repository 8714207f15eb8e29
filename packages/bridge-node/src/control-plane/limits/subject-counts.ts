import { VoiceBridgeError } from '@voice-bridge/core';
import { ANONYMOUS, type Identity } from '../http/identity.ts';

/** How many connections each named subject holds at once. */
export class SubjectCounts {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one more; gives the way to count it no more, once. Throws `rate_limited` when it is one too many; nobody in particular is not counted. */
  take(identity: Identity): () => void {
    if (identity === ANONYMOUS) return () => {};
    const { subject } = identity;
    const count = this.#counts.get(subject) ?? 0;
    if (count >= this.#most) throw new VoiceBridgeError('rate_limited', 'You have as many connections as you may');
    this.#counts.set(subject, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#counts.get(subject) ?? 1) - 1;
      if (left > 0) this.#counts.set(subject, left);
      else this.#counts.delete(subject);
    };
  }
}
