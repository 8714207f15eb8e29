import { FRAME_MS } from './frame.ts';

/** The shortest depth is looked for over this long before a packet is too many, in ms. */
const WINDOW_MS = 2_000;
/** A buffer that never fell below this has more than it needs, in ms. */
const ENOUGH_MS = 60;
const SPARE_MS = 40;
/** For so many windows only quiet packets are left out: who speaks pauses for breath, and loses nothing by it. */
const PATIENCE_WINDOWS = 5;
/** For so long everything must have come sooner than needed, by a frame and a margin, before one quiet packet is too many, in ms. */
const CALM_MS = 8_000;
const SOON_MS = FRAME_MS + 10;

/** Watches how deep a jitter buffer is, and says how many packets are too many. Times in ms. */
export class DepthWatch {
  #window = { startedAt: 0, shallowest: Number.POSITIVE_INFINITY };
  /** Since when, and how long before it was needed each packet came at least. */
  #calm = { startedAt: 0, soonest: Number.POSITIVE_INFINITY };
  #excess = 0;
  #isOverdue = false;
  /** Windows with too many, since a quiet one was left out. */
  #waited = 0;

  /** So many may be left out when they are quiet. */
  get excess(): number {
    return this.#excess;
  }

  /** Whether one is left out whatever it holds: packets were too many for ten seconds, and not one was quiet. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** Playing begins. */
  begin(now: number): void {
    this.#window = { startedAt: now, shallowest: Number.POSITIVE_INFINITY };
    this.#calm = { startedAt: now, soonest: Number.POSITIVE_INFINITY };
    this.#excess = 0;
    this.#isOverdue = false;
    this.#waited = 0;
  }

  /** A packet came so long before it is needed. */
  arrived(soonMs: number): void {
    if (soonMs < this.#calm.soonest) this.#calm = { ...this.#calm, soonest: soonMs };
  }

  /** One was left out: a quiet one, or one that was overdue. */
  leftOut(kind: 'quiet' | 'overdue', now: number): void {
    this.#isOverdue = false;
    if (kind === 'quiet') {
      this.#excess--;
      this.#waited = 0;
    }
    this.#calm = { startedAt: now, soonest: Number.POSITIVE_INFINITY };
  }

  /** A packet was played and left the buffer so deep. */
  played(depthMs: number, now: number): void {
    const { startedAt } = this.#window;
    const shallowest = Math.min(this.#window.shallowest, depthMs);
    this.#window = { startedAt, shallowest };
    if (now - startedAt < WINDOW_MS) return;
    this.#window = { startedAt: now, shallowest: Number.POSITIVE_INFINITY };
    const tooMany = shallowest < ENOUGH_MS ? 0 : Math.max(1, Math.floor((shallowest - SPARE_MS) / ENOUGH_MS));
    this.#isOverdue = tooMany > 0 && this.#waited >= PATIENCE_WINDOWS;
    this.#waited = tooMany > 0 ? this.#waited + 1 : 0;
    this.#excess = tooMany > 0 ? tooMany : Number(this.#isCalm(now));
  }

  /** If anything came too late for calm, it begins anew. */
  #isCalm(now: number): boolean {
    const { startedAt, soonest } = this.#calm;
    if (now - startedAt < CALM_MS) return false;
    if (soonest >= SOON_MS && soonest < Number.POSITIVE_INFINITY) return true;
    this.#calm = { startedAt: now, soonest: Number.POSITIVE_INFINITY };
    return false;
  }
}
