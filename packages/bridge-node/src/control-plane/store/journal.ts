import type { ConversationStore, StoredEvent } from './conversation-store.ts';
import { type HistoryLimits, type HistoryLine, historyOf } from './history.ts';

const EVENTS_PER_LINE = 4;
const FEWEST_EVENTS = 50;

/** Writes to a store in order and in the background; a store that fails costs a warning, never a session. */
export class Journal {
  readonly #store: ConversationStore;
  readonly #onFailure: (conversationId: string, error: unknown) => void;
  readonly #tails = new Map<string, Promise<void>>();

  constructor(store: ConversationStore, onFailure: (conversationId: string, error: unknown) => void) {
    this.#store = store;
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
    await this.#tails.get(conversationId);
    try {
      const events = await this.#store.read(conversationId, FEWEST_EVENTS + limits.lines * EVENTS_PER_LINE);
      return historyOf(events, limits);
    } catch (error) {
      this.#onFailure(conversationId, error);
      return [];
    }
  }

  /** Resolves when everything is written and the store is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#tails.values());
    await this.#store.close().catch((error: unknown) => this.#onFailure('', error));
  }
}
