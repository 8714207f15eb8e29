const WORDS = 64;
const WORD_MASK = WORDS - 1;

/** How many indices behind the newest one are remembered, at least (RFC 3711 section 3.3.2 asks for 64). */
export const REPLAY_WINDOW_SIZE = (WORDS - 1) * 32;

/** Remembers which packet indices were taken, so that none is taken twice (RFC 3711 section 3.3.2; a ring of words as in RFC 6479). */
export class ReplayWindow {
  readonly #taken = new Int32Array(WORDS);
  #newest = -1;

  /** The highest index taken; -1 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Whether `index` (a whole number below 2^48) was not taken yet and is not too old to know. */
  isFresh(index: number): boolean {
    const behind = this.#newest - index;
    if (behind < 0) return true;
    if (behind >= REPLAY_WINDOW_SIZE || index < 0) return false;
    return (((this.#taken[(index >>> 5) & WORD_MASK] ?? 0) >>> (index & 31)) & 1) === 0;
  }

  /** Takes `index`; only for one that is fresh. */
  take(index: number): void {
    if (index > this.#newest) this.#advance(index);
    const word = (index >>> 5) & WORD_MASK;
    this.#taken[word] = (this.#taken[word] ?? 0) | (1 << (index & 31));
  }

  /** Clears the words between the old newest index and the new one. */
  #advance(index: number): void {
    const from = Math.floor(this.#newest / 32);
    const words = Math.min(WORDS, Math.floor(index / 32) - from);
    for (let step = 1; step <= words; step++) this.#taken[(from + step) & WORD_MASK] = 0;
    this.#newest = index;
  }
}
