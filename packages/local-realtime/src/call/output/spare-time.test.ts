import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { SpareTime, type SpareWork } from './spare-time.ts';

/** Work of so many pieces, each of which is 20 ms more of what is due next. */
class Pieces implements SpareWork {
  doneAheadMs = 0;
  readonly #name: string;
  readonly #done: string[];
  #left: number;

  constructor(name: string, pieces: number, done: string[]) {
    this.#name = name;
    this.#left = pieces;
    this.#done = done;
  }

  doSome(): boolean {
    this.#done.push(this.#name);
    this.doneAheadMs += 20;
    this.#left--;
    return this.#left > 0;
  }
}

it('one piece at a time is done, first of what is needed first, and others have their turn between', () => {
  const clock = new ManualClock();
  const done: string[] = [];
  const later = (task: () => void) =>
    clock.after(0, () => {
      done.push('.');
      task();
    });
  const spareTime = new SpareTime(later);
  const late = new Pieces('b', 2, done);
  late.doneAheadMs = 20;
  spareTime.add(late);
  spareTime.add(new Pieces('a', 2, done));
  expect(done).toEqual([]);
  clock.advance(0);
  expect(done.join('')).toBe('.a.b.a.b');
  expect(clock.pending).toBe(0);
});

it('what was taken out is not done, and what comes later is', () => {
  const clock = new ManualClock();
  const done: string[] = [];
  const spareTime = new SpareTime((task) => clock.after(0, task));
  const ended = new Pieces('a', 5, done);
  spareTime.add(ended);
  spareTime.remove(ended);
  clock.advance(0);
  spareTime.add(new Pieces('b', 1, done));
  clock.advance(0);
  expect(done).toEqual(['b']);
});
