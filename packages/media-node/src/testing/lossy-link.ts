import type { Clock } from '@voice-bridge/core';

/** How bad a {@link LossyLink} is. Everything left out is perfect. */
export interface Impairment {
  /** Share of items lost, 0 to 1. */
  readonly lossRate?: number;
  /** Share of items that arrive twice, 0 to 1. */
  readonly duplicateRate?: number;
  /** Share of items held back by `reorderMs`, so that later ones overtake them, 0 to 1. */
  readonly reorderRate?: number;
  /** How long those are held back, in ms; default 30. */
  readonly reorderMs?: number;
  /** Every item takes this long, in ms. */
  readonly delayMs?: number;
  /** And up to this much longer, evenly spread, in ms; never reorders by itself. */
  readonly jitterMs?: number;
}

/** A one-way link that loses, doubles, delays and reorders what is sent, the same way for the same `random`. */
export class LossyLink<Item> {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #deliver: (item: Item) => void;
  readonly #timers = new Set<() => void>();
  #impairment: Impairment;
  #lastDueAt = 0;

  constructor(options: {
    readonly clock: Clock;
    /** Numbers from 0 (inclusive) to 1 (exclusive), such as `seededRandom(1)`. */
    readonly random: () => number;
    readonly impairment?: Impairment;
    readonly deliver: (item: Item) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#impairment = options.impairment ?? {};
    this.#deliver = options.deliver;
  }

  /** Makes the link better or worse from the next item on. */
  impair(impairment: Impairment): void {
    this.#impairment = impairment;
  }

  send(item: Item): void {
    const { lossRate = 0, duplicateRate = 0 } = this.#impairment;
    // Always the same number of draws per item: changing one rate must not change what befalls the later items.
    const lost = this.#random() < lossRate;
    const doubled = this.#random() < duplicateRate;
    const delayMs = this.#delay();
    if (lost) return;
    this.#schedule(item, delayMs);
    if (doubled) this.#schedule(item, delayMs);
  }

  /** Drops what is under way. */
  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #delay(): number {
    const { delayMs = 0, jitterMs = 0, reorderRate = 0, reorderMs = 30 } = this.#impairment;
    const jittered = delayMs + this.#random() * jitterMs;
    const held = this.#random() < reorderRate;
    const now = this.#clock.now();
    if (held) return jittered + reorderMs;
    this.#lastDueAt = Math.max(this.#lastDueAt, now + jittered);
    return this.#lastDueAt - now;
  }

  #schedule(item: Item, delayMs: number): void {
    if (delayMs <= 0) {
      this.#deliver(item);
      return;
    }
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      this.#deliver(item);
    });
    this.#timers.add(cancel);
  }
}
