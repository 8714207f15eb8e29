import type { CancelTimer, PhoneId } from '@voice-bridge/core';

/** For a phone to be back at the signaling, in ms: a reload, a sleep or another network takes less. */
const RETURN_MS = 30_000;

/** Who is at the signaling, and who has been away from it for how long, as far as our own line is open: else nobody is told of anybody. */
export class PhonePresence {
  readonly #after: (ms: number, act: () => void) => CancelTimer;
  readonly #onOverdue: (peerId: PhoneId, isAway: () => boolean) => void;
  /** Every coming has a number of its own. */
  readonly #present = new Map<PhoneId, number>();
  readonly #absent = new Map<PhoneId, CancelTimer>();
  #comings = 0;

  /**
   * `after` acts after that many ms, and gives the way to stop waiting. `onOverdue`: a phone did not come back in time; its `isAway` tells
   * whether that is so still.
   */
  constructor(
    after: (ms: number, act: () => void) => CancelTimer,
    onOverdue: (peerId: PhoneId, isAway: () => boolean) => void,
  ) {
    this.#after = after;
    this.#onOverdue = onOverdue;
  }

  has(peerId: PhoneId): boolean {
    return this.#present.has(peerId);
  }

  /** Notes a coming; gives whether it is the last one of that phone, which did not leave since. */
  came(peerId: PhoneId): () => boolean {
    const coming = ++this.#comings;
    this.forget(peerId);
    this.#present.set(peerId, coming);
    return () => this.#present.get(peerId) === coming;
  }

  /** Its time to come back begins. */
  went(peerId: PhoneId): void {
    this.forget(peerId);
    const cancel = this.#after(RETURN_MS, () => this.#onOverdue(peerId, () => this.#absent.get(peerId) === cancel));
    this.#absent.set(peerId, cancel);
  }

  /** It need not come back. */
  forget(peerId: PhoneId): void {
    this.#present.delete(peerId);
    this.#absent.get(peerId)?.();
    this.#absent.delete(peerId);
  }

  /** Our line is open: who is there is told next, and all these have their time to come. */
  opened(phones: Iterable<PhoneId>): void {
    this.#present.clear();
    for (const peerId of phones) this.went(peerId);
  }

  /** Our line is lost: who comes is not told, and nobody is late. */
  lost(): void {
    for (const peerId of [...this.#absent.keys()]) this.forget(peerId);
  }
}
