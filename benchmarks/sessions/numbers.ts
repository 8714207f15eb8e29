/** Numbers one after the other, in room that is made beforehand: nothing is to be collected while it is measured. What is more is dropped. */
export class Numbers {
  readonly #values: Float64Array;
  #length = 0;

  /** Room for so many. */
  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds one. */
  push(value: number): void {
    if (this.#length < this.#values.length) this.#values[this.#length++] = value;
  }

  /** All of them, as they are now. */
  all(): readonly number[] {
    return [...this.#values.subarray(0, this.#length)];
  }
}
