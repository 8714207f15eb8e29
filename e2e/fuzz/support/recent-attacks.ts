import type { Attack } from './messages.ts';

/** Of each protocol, or what comes twice a second would be gone before it has its effect. */
const KEPT = 100;

interface Sent {
  readonly attack: Omit<Attack, 'hex'>;
  readonly bytes: Buffer;
  readonly number: number;
}

/** The last inputs of one attacker, for whoever has to find out which of them it was; and how many there were of each kind. */
export class RecentAttacks {
  readonly #rings = new Map<string, Sent[]>();
  #counts: Record<string, number> = {};
  #added = 0;

  /** Remembers one; the bytes must not change afterwards. */
  add(attack: Omit<Attack, 'hex'>, bytes: Buffer): void {
    const ring = this.#rings.get(attack.protocol) ?? [];
    this.#rings.set(attack.protocol, ring);
    this.#counts[attack.protocol] = (this.#counts[attack.protocol] ?? 0) + 1;
    ring.push({ attack, bytes, number: this.#added++ });
    if (ring.length >= 2 * KEPT) ring.splice(0, KEPT);
  }

  /** The last ones, oldest first. */
  recent(): Attack[] {
    const sent = [...this.#rings.values()].flat().sort((a, b) => a.number - b.number);
    return sent.map(({ attack, bytes }) => ({ ...attack, hex: bytes.toString('hex') }));
  }

  /** How many of each protocol since the last time. */
  takeCounts(): Record<string, number> {
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }
}
