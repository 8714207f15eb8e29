import { seededRandom } from '@voice-bridge/core/testing';

/** At least one value. */
export type Choices<T> = readonly [T, ...T[]];

/** Lengths, counts and numbers that parsers trip over. */
const WEIRD: Choices<number> = [0, 1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 127, 128, 255, 256, 0x7fff, 0x8000, 0xfffc, 0xffff];

/** Everything random about one input comes from one of these, so that seed and index give the same bytes again. */
export class Dice {
  readonly #random: () => number;

  /** The dice of input `index` of a run with this seed. */
  constructor(seed: number, index: number) {
    this.#random = seededRandom((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  }

  /** A whole number from 0 (inclusive) to `below` (exclusive). */
  int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pick<T>(values: Choices<T>): T {
    return values[this.int(values.length)] ?? values[0];
  }

  /** `usual` most of the time, else a number of 16 bits that parsers trip over. */
  uint16(usual: number): number {
    if (this.chance(0.85)) return usual & 0xffff;
    return this.chance(0.7) ? this.pick(WEIRD) : this.int(0x1_0000);
  }

  uint32(): number {
    return this.int(0x1_0000_0000);
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; at++) bytes[at] = this.int(256);
    return bytes;
  }
}
