import type { CancelTimer } from '@voice-bridge/core';

/** Between two attempts at first, in ms; doubles up to `MAX_ASK_AGAIN_MS`. */
const ASK_AGAIN_MS = 2_000;
const MAX_ASK_AGAIN_MS = 60_000;

/** A question that nobody waits for, asked until it is answered. */
export class InsistentQuestion {
  readonly #ask: () => Promise<unknown>;
  readonly #after: (ms: number, act: () => void) => CancelTimer;
  #asked = 0;
  #cancel: CancelTimer = () => {};

  /** `after` acts after that many ms, and gives the way to stop waiting. */
  constructor(ask: () => Promise<unknown>, after: (ms: number, act: () => void) => CancelTimer) {
    this.#ask = ask;
    this.#after = after;
  }

  /** Asks now; what was asked before is not asked again. */
  begin(againMs: number = ASK_AGAIN_MS): void {
    const number = ++this.#asked;
    this.#cancel();
    this.#ask().catch(() => {
      if (number !== this.#asked) return;
      this.#cancel = this.#after(againMs, () => this.begin(Math.min(MAX_ASK_AGAIN_MS, 2 * againMs)));
    });
  }
}
