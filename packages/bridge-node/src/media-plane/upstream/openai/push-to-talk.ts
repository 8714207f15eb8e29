import type { CancelTimer, Clock } from '@voice-bridge/core';
import type { ConversationRequest } from '@voice-bridge/core/openai';

/** The last words of a turn are still on their way when its end is told; this is how long they are waited for, in ms. */
export const COMMIT_AFTER_MS = 200;

type TurnInput = Extract<ConversationRequest, { type: 'commitInput' | 'clearInput' }>;

/** Turns whose end the users tell: a commit waits for the last words, and never for longer than the next beginning. */
export class PushToTalk {
  readonly #clock: Clock;
  readonly #send: (input: TurnInput) => void;
  #waiting: { readonly author: string | undefined; readonly cancel: CancelTimer } | undefined;

  constructor(clock: Clock, send: (input: TurnInput) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** The turn is over. */
  commit(author: string | undefined): void {
    if (this.#waiting !== undefined) return;
    this.#waiting = { author, cancel: this.#clock.after(COMMIT_AFTER_MS, () => this.#commitNow()) };
  }

  /** A turn begins: what was said before is none, unless it was committed. */
  clear(): void {
    this.#commitNow();
    this.#send({ type: 'clearInput' });
  }

  close(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  }

  #commitNow(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    waiting.cancel();
    this.#waiting = undefined;
    this.#send({ type: 'commitInput', author: waiting.author });
  }
}
