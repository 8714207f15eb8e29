import { VoiceBridgeError } from '@voice-bridge/core';
import { ANONYMOUS, type Caller, type Identity } from '../http/identity.ts';
import { SubjectRates } from './subject-rates.ts';

/** Feeds that one phone follows at once. */
const FEEDS_PER_PHONE = 4;
/** Feeds that one phone begins to follow in a minute, and of them at once: its conversation has only so many for all. */
const [FOLLOWS, FOLLOWS_AT_ONCE] = [30, 12];
const MAX_PHONES = 10_000;

/** How many connections each named subject holds at once. */
export class SubjectCounts {
  readonly #most: number;
  readonly #counts = new Map<string, number>();
  readonly #feedsOfPhones = new Map<string, number>();
  readonly #followsOfPhones = new SubjectRates(FOLLOWS, FOLLOWS_AT_ONCE, MAX_PHONES);

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one more; gives the way to count it no more, once. Throws `rate_limited` when it is one too many; nobody in particular is not counted. */
  take(identity: Identity): () => void {
    if (identity === ANONYMOUS) return () => {};
    return count(this.#counts, identity.subject, this.#most);
  }

  /**
   * Counts a feed of a phone, by all its credentials, as {@link take} counts connections; gives the way to count it no more. Throws
   * `rate_limited` also when the phone follows too often. Others are not counted.
   */
  takeFeed({ phone, subject }: Caller, now: number): () => void {
    if (phone === undefined) return () => {};
    this.#followsOfPhones.take(subject, now);
    return count(this.#feedsOfPhones, subject, FEEDS_PER_PHONE);
  }
}

function count(counts: Map<string, number>, subject: string, most: number): () => void {
  const held = counts.get(subject) ?? 0;
  if (held >= most) throw new VoiceBridgeError('rate_limited', 'You have as many connections as you may');
  counts.set(subject, held + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const left = (counts.get(subject) ?? 1) - 1;
    if (left > 0) counts.set(subject, left);
    else counts.delete(subject);
  };
}
