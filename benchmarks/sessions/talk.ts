import { setTimeout as passed } from 'node:timers/promises';
import { monotonicMs } from './monotonic.ts';
import { PACKET_MS } from './numbered-speech.ts';
import type { Talker } from './talker.ts';

/** Spreads phases evenly, however many there are. */
const GOLDEN = 0.618;

/** People who talk, each in a phase of its own; more may come while the others do. */
export class Talk {
  readonly #talkers: { readonly talker: Talker; due: number }[] = [];
  #isOver = false;

  /** Lets them talk until it is over; runs beside everything else. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      const now = monotonicMs();
      for (const each of this.#talkers) {
        for (; each.due <= now; each.due += PACKET_MS) each.talker.say(each.due);
      }
      await passed(1);
    }
  }

  /** One more talks from now on. */
  add(talker: Talker): void {
    const phase = ((this.#talkers.length * GOLDEN) % 1) * PACKET_MS;
    this.#talkers.push({ talker, due: monotonicMs() + phase });
  }

  /** Nobody says anything more. */
  end(): void {
    this.#isOver = true;
  }
}
