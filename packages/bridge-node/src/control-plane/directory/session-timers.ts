import type { CancelTimer, Clock, SessionCloseReason } from '@voice-bridge/core';
import type { Limits } from '../limits/limits.ts';

/** What a {@link SessionTimers} goes by and whom it tells. */
export interface SessionTimersOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly onEnd: (reason: SessionCloseReason) => void;
}

const MINUTE_MS = 60_000;

/** The clocks that can end a session: its length, and silence of everybody. */
export class SessionTimers {
  readonly #options: SessionTimersOptions;
  #lastActivityAt = 0;
  #cancelExpiry: CancelTimer = () => {};
  #cancelIdle: CancelTimer = () => {};

  constructor(options: SessionTimersOptions) {
    this.#options = options;
  }

  /** The session is open: its length and its idle time count from now. */
  start(): void {
    const { clock, limits, onEnd } = this.#options;
    this.#cancelExpiry = clock.after(limits.sessionMinutes * MINUTE_MS, () => onEnd('expired'));
    this.touch();
    this.#watchIdle();
  }

  /** Somebody spoke or typed. */
  touch(): void {
    this.#lastActivityAt = this.#options.clock.now();
  }

  /** Stops everything. */
  stop(): void {
    this.#cancelExpiry();
    this.#cancelIdle();
  }

  #watchIdle(): void {
    const { clock, limits, onEnd } = this.#options;
    const left = this.#lastActivityAt + limits.idleMinutes * MINUTE_MS - clock.now();
    if (left <= 0) {
      onEnd('idle');
      return;
    }
    this.#cancelIdle = clock.after(left, () => this.#watchIdle());
  }
}
