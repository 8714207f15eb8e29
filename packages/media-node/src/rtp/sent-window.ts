/** Remembers which of the newest endless sequence numbers were used, so that none is used twice. */
export class SentWindow {
  /** How far back behind the highest number a place can still be taken. */
  readonly size: number;
  readonly #places: Float64Array;
  #highest = Number.NEGATIVE_INFINITY;

  constructor(size = 512) {
    this.size = size;
    this.#places = new Float64Array(size).fill(Number.NaN);
  }

  /** Takes the number; false when it was taken before or is too old to know. */
  take(sequence: number): boolean {
    if (sequence <= this.#highest - this.size) return false;
    const place = ((sequence % this.size) + this.size) % this.size;
    if (this.#places[place] === sequence) return false;
    this.#places[place] = sequence;
    this.#highest = Math.max(this.#highest, sequence);
    return true;
  }
}
