import { extendSequence } from './sequence.ts';

/** Further than this from the highest seen, a sequence number is a new start, not a loss (RFC 3550 section A.1). */
const MAX_DROPOUT = 3_000;

/** Counts packets received and packets missing by their sequence numbers (RFC 3550 section 6.4.1), over all SSRCs. */
export class ReceptionCounter {
  #received = 0;
  #lostBefore = 0;
  #ssrc: number | undefined;
  #first = 0;
  #highest = 0;
  #receivedOfRun = 0;

  get received(): number {
    return this.#received;
  }

  /** Expected less received; never negative, though duplicates count as received. */
  get lost(): number {
    return this.#lostBefore + this.#lostOfRun();
  }

  count(ssrc: number, sequenceNumber: number): void {
    this.#received++;
    const extended = extendSequence(sequenceNumber, this.#highest);
    const sameRun = ssrc === this.#ssrc && Math.abs(extended - this.#highest) <= MAX_DROPOUT;
    if (!sameRun) {
      this.#lostBefore = this.lost;
      this.#ssrc = ssrc;
      this.#first = sequenceNumber;
      this.#highest = sequenceNumber;
      this.#receivedOfRun = 1;
      return;
    }
    this.#receivedOfRun++;
    this.#highest = Math.max(this.#highest, extended);
    this.#first = Math.min(this.#first, extended);
  }

  #lostOfRun(): number {
    if (this.#ssrc === undefined) return 0;
    return Math.max(0, this.#highest - this.#first + 1 - this.#receivedOfRun);
  }
}
