import { describe, expect, it } from 'vitest';
import { JitterBuffer } from './jitter-buffer.ts';

const PACKET = 960;
const FRAME_MS = 20;

/** A steady source whose packets come so many ms sooner than one that begins to be played 20 ms after its first. */
class SteadySource {
  readonly buffer = new JitterBuffer<number>({ minDepthMs: FRAME_MS });
  readonly #aheadMs: number;
  #next = 0;
  #now = 0;

  constructor(aheadMs: number) {
    this.#aheadMs = aheadMs;
  }

  /** Plays for so many seconds; gives the numbers that were left out, with the second each was. */
  play(seconds: number, isQuiet: (number: number) => boolean, latenessOf: (number: number) => number = () => 0) {
    const leftOut: { readonly number: number; readonly second: number }[] = [];
    for (const end = this.#now + seconds * 1_000; this.#now < end; this.#now += FRAME_MS) {
      for (; this.#arrivalOf(this.#next, latenessOf) <= this.#now; this.#next++)
        this.#push(this.#arrivalOf(this.#next, latenessOf));
      for (let playout = this.buffer.pull(this.#now); ; playout = this.buffer.pull(this.#now)) {
        if (playout.type !== 'packet' || !this.buffer.hasSpare || !isQuiet(playout.payload)) break;
        this.buffer.leftOut(this.#now);
        leftOut.push({ number: playout.payload, second: this.#now / 1_000 });
      }
    }
    return leftOut;
  }

  /** What is sent before the beginning comes with it. */
  #arrivalOf(number: number, latenessOf: (number: number) => number): number {
    return Math.max(0, number * FRAME_MS - this.#aheadMs + latenessOf(number));
  }

  #push(now: number): void {
    const [sequenceNumber, timestamp] = [
      (65_530 + this.#next) & 0xffff,
      (4_294_960_000 + this.#next * PACKET) % 2 ** 32,
    ];
    this.buffer.push({ sequenceNumber, timestamp, duration: PACKET, payload: this.#next }, now);
  }
}

const always = () => true;
const never = () => false;

describe('a buffer that is deeper than it must be', () => {
  it('has a quiet packet left out two seconds later, and a loud one only when there was no quiet one for ten more', () => {
    const quiet = new SteadySource(70);
    expect(quiet.play(3, always).map(({ second }) => Math.floor(second))).toEqual([2]);
    const loud = new SteadySource(70);
    expect(loud.play(12, never)).toEqual([]);
    expect(loud.buffer.stats().dropped).toBe(0);
    loud.play(1, never);
    expect(loud.buffer.stats()).toMatchObject({ dropped: 1, lost: 0, late: 0 });
  });

  it('has one loud packet left out every two seconds from then on, and none for ten behind a quiet one', () => {
    const loud = new SteadySource(200);
    const droppedAfter = (seconds: number) => {
      loud.play(seconds, never);
      return loud.buffer.stats().dropped;
    };
    expect([droppedAfter(12), droppedAfter(1), droppedAfter(2)]).toEqual([0, 1, 2]);
    const pausing = new SteadySource(200);
    const pausedAt = 570;
    expect(pausing.play(20, (number) => number === pausedAt).map(({ number }) => number)).toEqual([pausedAt]);
    expect(pausing.buffer.stats().dropped).toBe(1);
    pausing.play(3, never);
    expect(pausing.buffer.stats().dropped).toBe(2);
  });

  it('waits for the quiet', () => {
    const source = new SteadySource(70);
    const quietFrom = 150;
    expect(source.play(4, (number) => number >= quietFrom).map(({ number }) => number)).toEqual([quietFrom]);
    expect(source.buffer.stats()).toMatchObject({ dropped: 1, lost: 0 });
  });
});

describe('a buffer whose packets all come a frame too soon', () => {
  it('has a quiet packet left out after eight seconds, none that is loud, and none beyond what is too much', () => {
    const quiet = new SteadySource(25);
    expect(quiet.play(60, always).map(({ second }) => Math.floor(second))).toEqual([8]);
    expect(quiet.buffer.stats()).toMatchObject({ late: 0, concealedMs: 0 });
    const loud = new SteadySource(25);
    expect(loud.play(60, never)).toEqual([]);
    expect(loud.buffer.stats()).toMatchObject({ dropped: 0, lost: 0 });
  });

  it('stays as deep while now and then one comes when it is needed', () => {
    const source = new SteadySource(25);
    expect(source.play(60, always, (number) => (number % 300 === 299 ? 40 : 0))).toEqual([]);
    expect(source.buffer.stats()).toMatchObject({ dropped: 0, concealedMs: 0 });
  });
});
