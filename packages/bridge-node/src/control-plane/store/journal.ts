import { type Clock, VoiceBridgeError } from '@voice-bridge/core';
import type { ConversationStore, StoredEvent } from './conversation-store.ts';
import { type HistoryLimits, type HistoryLine, historyOf } from './history.ts';

const EVENTS_PER_LINE = 4;
const FEWEST_EVENTS = 50;

/** A store that takes longer holds nobody up, in ms. */
const PATIENCE_MS = 2_000;

/** Writes to a store in order and in the background; a store that fails or hangs costs a warning, never a session. */
export class Journal {
  readonly #store: ConversationStore;
  readonly #clock: Clock;
  readonly #onFailure: (conversationId: string | undefined, error: unknown) => void;
  readonly #tails = new Map<string, Promise<void>>();

  constructor(
    store: ConversationStore,
    clock: Clock,
    onFailure: (conversationId: string | undefined, error: unknown) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  append(conversationId: string, event: StoredEvent): void {
    const tail = (this.#tails.get(conversationId) ?? Promise.resolve())
      .then(() => this.#store.append(conversationId, event))
      .catch((error: unknown) => this.#onFailure(conversationId, error))
      .finally(() => {
        if (this.#tails.get(conversationId) === tail) this.#tails.delete(conversationId);
      });
    this.#tails.set(conversationId, tail);
  }

  /** What was said before, everything appended so far included; empty when the store fails. */
  async history(conversationId: string, limits: HistoryLimits): Promise<readonly HistoryLine[]> {
    const read = async () => {
      await this.#tails.get(conversationId);
      return this.#store.read(conversationId, FEWEST_EVENTS + limits.lines * EVENTS_PER_LINE);
    };
    try {
      return historyOf(await this.#inTime(read()), limits);
    } catch (error) {
      this.#onFailure(conversationId, error);
      return [];
    }
  }

  /** Resolves when everything is written and the store is closed. */
  async close(): Promise<void> {
    const finish = async () => {
      await Promise.all(this.#tails.values());
      await this.#store.close();
    };
    await this.#inTime(finish()).catch((error: unknown) => this.#onFailure(undefined, error));
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => {
        reject(new VoiceBridgeError('internal', `it did not answer within ${PATIENCE_MS / 1_000} s`));
      });
      work.then(resolve, reject).finally(cancel);
    });
  }
}
