import type { CancelTimer, Clock } from '@voice-bridge/core';
import { type Recheck, reauthorize } from '../http/reauthorize.ts';
import { whenEnded } from '../pairing/when-ended.ts';

/** By what somebody may be in a session. */
export interface Admission {
  /** Whether they still may, asked every minute; undefined: nobody has to ask. */
  readonly recheck?: Recheck | undefined;
  /** Fires when they may not any more, with the error that says why; undefined: never. */
  readonly ended?: AbortSignal | undefined;
}

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

  /** Watches a participant by what it joined with last; nobody asks for one without. */
  watch(participantId: string, { recheck, ended }: Admission): void {
    this.forget(participantId);
    if (this.#isOver) return;
    const { clock, onRefused } = this.#options;
    const refuse = (error: unknown) => {
      this.#cancels.delete(participantId);
      onRefused(participantId, error);
    };
    const cancels = [
      recheck === undefined ? () => {} : reauthorize(clock, recheck, refuse),
      ended === undefined ? () => {} : whenEnded(ended, refuse),
    ];
    this.#cancels.set(participantId, () => {
      for (const cancel of cancels) cancel();
    });
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
