import type { CancelTimer, Clock, SessionCloseReason } from '@voice-bridge/core';
import type { Limits } from '../limits/limits.ts';

/** What a {@link SessionTimers} goes by and whom it tells. */
export interface SessionTimersOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  /** From a participant's answer to its connection, in ms. */
  readonly connectTimeoutMs: number;
  readonly onEnd: (reason: SessionCloseReason) => void;
  readonly onConnectTimeout: (participantId: string) => void;
}

const MINUTE_MS = 60_000;

/** The clocks that can end a session: its length, silence of everybody, nobody arriving. */
export class SessionTimers {
  readonly #options: SessionTimersOptions;
  readonly #connecting = new Map<string, CancelTimer>();
  #lastActivityAt = 0;
  #cancelExpiry: CancelTimer = () => {};
  #cancelIdle: CancelTimer = () => {};

  constructor(options: SessionTimersOptions) {
    this.#options = options;
  }

  /** Participants that were answered and are not connected yet. */
  get connecting(): number {
    return this.#connecting.size;
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

  /** Somebody was answered and has to connect. */
  watchConnecting(participantId: string): void {
    const { clock, connectTimeoutMs, onConnectTimeout } = this.#options;
    const cancel = clock.after(connectTimeoutMs, () => onConnectTimeout(participantId));
    this.#connecting.set(participantId, cancel);
  }

  /** Somebody connected, or left. */
  stopConnecting(participantId: string): void {
    this.#connecting.get(participantId)?.();
    this.#connecting.delete(participantId);
  }

  /** Stops everything. */
  stop(): void {
    this.#cancelExpiry();
    this.#cancelIdle();
    for (const cancel of this.#connecting.values()) cancel();
    this.#connecting.clear();
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
