import type { CancelTimer, Clock } from '@voice-bridge/core';
import { type Recheck, reauthorize } from '../http/reauthorize.ts';

/** What an {@link AdmissionWatch} goes by. */
export interface AdmissionWatchOptions {
  readonly clock: Clock;
  /** Somebody may not stay any more. */
  readonly onRefused: (participantId: string, error: unknown) => void;
}

/** Asks again and again whether those who are in a session may still be: a token may be revoked, a conversation taken away. */
export class AdmissionWatch {
  readonly #options: AdmissionWatchOptions;
  readonly #cancels = new Map<string, CancelTimer>();
  #isOver = false;

  constructor(options: AdmissionWatchOptions) {
    this.#options = options;
  }

  /** Watches a participant by what it joined with last; undefined: nobody asks for it. */
  watch(participantId: string, recheck: Recheck | undefined): void {
    this.forget(participantId);
    if (recheck === undefined || this.#isOver) return;
    const { clock, onRefused } = this.#options;
    const cancel = reauthorize(clock, recheck, (error) => {
      this.#cancels.delete(participantId);
      onRefused(participantId, error);
    });
    this.#cancels.set(participantId, cancel);
  }

  /** A participant is gone. */
  forget(participantId: string): void {
    this.#cancels.get(participantId)?.();
    this.#cancels.delete(participantId);
  }

  /** Everybody is, and nobody else comes. */
  stop(): void {
    this.#isOver = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
