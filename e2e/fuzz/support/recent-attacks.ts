import type { Attack } from './messages.ts';

const KEPT = 256;

/** The last inputs of one attacker, for whoever has to find out which of them it was; and how many there were of each kind. */
export class RecentAttacks {
  readonly #ring: { readonly attack: Omit<Attack, 'hex'>; readonly bytes: Buffer }[] = [];
  #added = 0;
  #counts: Record<string, number> = {};

  /** Remembers one; the bytes must not change afterwards. */
  add(attack: Omit<Attack, 'hex'>, bytes: Buffer): void {
    this.#ring[this.#added++ % KEPT] = { attack, bytes };
    this.#counts[attack.protocol] = (this.#counts[attack.protocol] ?? 0) + 1;
  }

  /** The last ones, oldest first. */
  recent(): Attack[] {
    const start = this.#added % KEPT;
    const ordered = [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
    return ordered.map(({ attack, bytes }) => ({ ...attack, hex: bytes.toString('hex') }));
  }

  /** How many of each protocol since the last time. */
  takeCounts(): Record<string, number> {
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }
}
