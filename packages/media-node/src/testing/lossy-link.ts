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
  /** What is under way and not held back, in order: timers of one millisecond more or less may fire the wrong way round. */
  readonly #inOrder: Item[] = [];
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
    const { delayMs, held } = this.#delay();
    if (lost) return;
    for (let copies = doubled ? 2 : 1; copies > 0; copies--) {
      if (held) this.#schedule(delayMs, () => this.#deliver(item));
      else this.#scheduleInOrder(delayMs, item);
    }
  }

  /** Drops what is under way. */
  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#inOrder.length = 0;
  }

  #delay(): { readonly delayMs: number; readonly held: boolean } {
    const { delayMs = 0, jitterMs = 0, reorderRate = 0, reorderMs = 30 } = this.#impairment;
    const jittered = delayMs + this.#random() * jitterMs;
    const held = this.#random() < reorderRate;
    const now = this.#clock.now();
    if (held) return { delayMs: jittered + reorderMs, held };
    this.#lastDueAt = Math.max(this.#lastDueAt, now + jittered);
    return { delayMs: this.#lastDueAt - now, held };
  }

  #scheduleInOrder(delayMs: number, item: Item): void {
    this.#inOrder.push(item);
    this.#schedule(delayMs, () => {
      for (const next of this.#inOrder.splice(0, 1)) this.#deliver(next);
    });
  }

  #schedule(delayMs: number, deliver: () => void): void {
    if (delayMs <= 0) {
      deliver();
      return;
    }
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      deliver();
    });
    this.#timers.add(cancel);
  }
}
