import { type CancelTimer, type Clock, FRAME_MS } from '@voice-bridge/core';

/** Ticks begin at multiples of this, in ms: some sessions wake the process together, and not so many that the last of them is late. */
const GRID_MS = 2;
/** A tick later than this, in ms, lets in first what arrived while the process was busy: that is not late, we are. */
const LATE_MS = 3;
/** After a stalled event loop at most this many frames are made up for; the rest stays a gap. */
const MAX_BURST_FRAMES = 10;

/** One stretch of ticking: when its frame 0 was due, and the next frame. */
interface Run {
  readonly startedAt: number;
  next: number;
}

/** Says when a frame is due: frame `floor((now - start) / 20 ms)` is the newest, however late or early timers run. */
export class MixTicker {
  readonly #clock: Clock;
  readonly #tick: (frameTime: number) => void;
  #run: Run | undefined;
  #cancelTimer: CancelTimer = () => {};

  /** `tick` gets the playout time of the frame, in ms of the clock. */
  constructor(clock: Clock, tick: (frameTime: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
  }

  /** Begins to tick; does nothing while it does. */
  start(): void {
    if (this.#run !== undefined) return;
    this.#run = { startedAt: Math.ceil(this.#clock.now() / GRID_MS) * GRID_MS, next: 0 };
    this.#arm(this.#run);
  }

  /** No tick comes any more, also when this is called in one. */
  stop(): void {
    this.#run = undefined;
    this.#cancelTimer();
  }

  #arm(run: Run): void {
    const dueAt = run.startedAt + run.next * FRAME_MS;
    const armedAt = this.#clock.now();
    if (dueAt <= armedAt) this.#letIn(run, armedAt);
    else {
      this.#wait(dueAt - armedAt, () => {
        const wokenAt = this.#clock.now();
        if (wokenAt - dueAt > LATE_MS) this.#letIn(run, wokenAt);
        else this.#due(run, wokenAt);
      });
    }
  }

  /** Who is busy again while it lets in has not let in what came since: the frames that are due by now are made then, and no more. */
  #letIn(run: Run, now: number): void {
    this.#wait(0, () => this.#due(run, now));
  }

  #wait(delayMs: number, then: () => void): void {
    this.#cancelTimer = this.#clock.after(delayMs, then);
  }

  #due(run: Run, by: number): void {
    const newest = Math.floor((by - run.startedAt) / FRAME_MS);
    run.next = Math.max(run.next, newest + 1 - MAX_BURST_FRAMES);
    while (run.next <= newest && this.#run === run) this.#tick(run.startedAt + run.next++ * FRAME_MS);
    if (this.#run === run) this.#arm(run);
  }
}
