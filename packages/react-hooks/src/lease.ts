/**
 * Keeps something owned alive while anybody holds it, and ends it once nobody does.
 * React's StrictMode lets go and takes hold again at once: only a lease still let go at the next macrotask counts.
 */
export class Lease {
  readonly #end: () => void;
  #holders = 0;

  constructor(end: () => void) {
    this.#end = end;
  }

  /** Takes hold; gives the way to let go. */
  retain(): () => void {
    this.#holders++;
    return () => {
      this.#holders--;
      setTimeout(() => {
        if (this.#holders === 0) this.#end();
      }, 0);
    };
  }
}
