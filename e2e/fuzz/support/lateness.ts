import type { Interval } from './messages.ts';

/** How often {@link Lateness.tick} is to be called, in ms. */
export const TICK_MS = 5;
/** Shorter delays do not matter to anybody. */
const NOTABLE_MS = 10;
const KEPT_MS = 1_000;

/** When a process was woken too late, by the ticks that it should have every 5 ms. Times are of the machine's clock, in ms. */
export class Lateness {
  #tickedAt: number;
  #spans: Interval[] = [];

  constructor(at: number) {
    this.#tickedAt = at;
  }

  /** Gives the span that this tick was late, from the last one, when it was. */
  tick(at: number): Interval | undefined {
    const late = this.#lateAt(at);
    this.#tickedAt = at;
    this.#spans = this.#spans.filter(({ to }) => at - to < KEPT_MS);
    if (late !== undefined) this.#spans.push(late);
    return late;
  }

  /** When the process was late within the last second, now included. */
  spans(now: number): readonly Interval[] {
    const current = this.#lateAt(now);
    return current === undefined ? this.#spans : [...this.#spans, current];
  }

  #lateAt(at: number): Interval | undefined {
    return at - this.#tickedAt - TICK_MS > NOTABLE_MS ? { from: this.#tickedAt, to: at } : undefined;
  }
}
