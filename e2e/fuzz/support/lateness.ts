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

  /** How much of a span of time that ends now, and is a second old at most, the process was late, in ms. */
  within(from: number, now: number): number {
    const current = this.#lateAt(now);
    const spans = current === undefined ? this.#spans : [...this.#spans, current];
    return spans.reduce((sum, span) => sum + Math.max(0, Math.min(now, span.to) - Math.max(from, span.from)), 0);
  }

  #lateAt(at: number): Interval | undefined {
    return at - this.#tickedAt - TICK_MS > NOTABLE_MS ? { from: this.#tickedAt, to: at } : undefined;
  }
}
