import type { CancelTimer, Clock } from '../clock.ts';

/** Microtask turns that {@link ManualClock.advanceAsync} gives promises after each timer. */
const SETTLE_TURNS = 50;

interface Timer {
  readonly dueAt: number;
  readonly order: number;
  readonly task: () => void;
}

/** A {@link Clock} that moves only when told: timers run in order of their due time, equal ones in the order they were set. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** Starts at `startMs`, default 0. */
  constructor(startMs = 0) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): CancelTimer {
    const timer: Timer = { dueAt: this.#now + Math.max(0, delayMs), order: this.#order++, task };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many timers wait: 0 proves that nothing was left running. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, on this clock's line; undefined when none waits. */
  get nextDueAt(): number | undefined {
    return this.#next()?.dueAt;
  }

  /** Moves on by `ms` and runs every timer that falls due, those set meanwhile included. Throws `TypeError` for negative time. */
  advance(ms: number): void {
    const end = this.#endOf(ms);
    for (let timer = this.#takeDue(end); timer !== undefined; timer = this.#takeDue(end)) timer.task();
    this.#now = end;
  }

  /** Like {@link advance}, and lets promises settle before the first timer and after each one. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#endOf(ms);
    await settle();
    for (let timer = this.#takeDue(end); timer !== undefined; timer = this.#takeDue(end)) {
      timer.task();
      await settle();
    }
    this.#now = Math.max(this.#now, end);
  }

  #endOf(ms: number): number {
    if (!(ms >= 0)) throw new TypeError(`Time cannot move by ${ms} ms`);
    return this.#now + ms;
  }

  #takeDue(end: number): Timer | undefined {
    const timer = this.#next();
    if (timer === undefined || timer.dueAt > end) return undefined;
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.dueAt);
    return timer;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      const earlier =
        next === undefined || timer.dueAt < next.dueAt || (timer.dueAt === next.dueAt && timer.order < next.order);
      if (earlier) next = timer;
    }
    return next;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) await Promise.resolve();
}
