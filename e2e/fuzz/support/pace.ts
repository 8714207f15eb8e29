import { monotonicMs } from './role.ts';

const TICK_MS = 2;
/** After a pause no more than this is caught up with at once, in ms. */
const MOST_CATCH_UP_MS = 20;

/** Calls `send` so many times a second, in small bursts. */
export class Pace {
  #perSecond = 0;
  #owed = 0;
  #at = monotonicMs();

  constructor(send: () => void) {
    setInterval(() => {
      const at = monotonicMs();
      this.#owed += (this.#perSecond * Math.min(at - this.#at, MOST_CATCH_UP_MS)) / 1_000;
      this.#at = at;
      for (; this.#owed >= 1; this.#owed--) send();
    }, TICK_MS);
  }

  set perSecond(value: number) {
    this.#perSecond = value;
  }
}
