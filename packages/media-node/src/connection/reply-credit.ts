/** What a message of ours is to its receiver: a check asks; an answer ends a check of theirs. */
export type ReplyKind = 'check' | 'answer' | 'error';

interface Waiting {
  readonly bytes: number;
  readonly send: () => void;
}

/** Answers that wait; whoever asks more often has its older checks unanswered. */
const MAX_ANSWERS = 4;

/**
 * Bounds what one source gets from us that has not shown that it hears us: no more bytes than came from it, or a signed
 * check under a false address would have us flood whoever lives there. Our own check goes first, as its answer lifts the
 * bound; answers wait until it is out. What cannot be sent yet waits for more bytes, the latest of its kind.
 */
export class ReplyCredit {
  #bytes = 0;
  #isOpen = false;
  #hasAsked = false;
  #check: Waiting | undefined;
  readonly #answers: Waiting[] = [];

  /** Whether the source answered a check of ours. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** So many bytes came from the source. */
  earn(bytes: number): void {
    if (this.#isOpen) return;
    this.#bytes += bytes;
    this.#pay();
  }

  /** The source answered a check of ours: nothing is held back any more. */
  open(): void {
    this.#isOpen = true;
    this.#pay();
  }

  /** Calls `send` now, later, or never when the source is owed nothing. */
  spend(kind: ReplyKind, bytes: number, send: () => void): void {
    const waiting = { bytes, send };
    if (kind === 'error') this.#try(waiting);
    else if (kind === 'check') this.#check = waiting;
    else if (this.#answers.push(waiting) > MAX_ANSWERS) this.#answers.shift();
    this.#pay();
  }

  #pay(): void {
    if (this.#check !== undefined && this.#try(this.#check)) {
      this.#check = undefined;
      this.#hasAsked = true;
    }
    while ((this.#hasAsked || this.#isOpen) && this.#answers[0] !== undefined && this.#try(this.#answers[0])) {
      this.#answers.shift();
    }
  }

  #try({ bytes, send }: Waiting): boolean {
    if (!this.#isOpen && bytes > this.#bytes) return false;
    this.#bytes -= bytes;
    send();
    return true;
  }
}
