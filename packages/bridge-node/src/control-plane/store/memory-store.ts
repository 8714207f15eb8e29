import type { ConversationStore, StoredEvent } from './conversation-store.ts';

/** How much a {@link MemoryStore} keeps. */
export interface MemoryStoreOptions {
  /** Events kept per conversation; default 500. */
  readonly maxEvents?: number;
  /** Conversations kept; default 1,000. The one that was quiet longest makes room. */
  readonly maxConversations?: number;
}

/** A {@link ConversationStore} that lasts as long as the process; the default. */
export class MemoryStore implements ConversationStore {
  readonly #maxEvents: number;
  readonly #maxConversations: number;
  readonly #conversations = new Map<string, StoredEvent[]>();

  constructor(options: MemoryStoreOptions = {}) {
    this.#maxEvents = options.maxEvents ?? 500;
    this.#maxConversations = options.maxConversations ?? 1_000;
  }

  async append(conversationId: string, event: StoredEvent): Promise<void> {
    const events = this.#conversations.get(conversationId) ?? [];
    events.push(event);
    if (events.length > this.#maxEvents) events.shift();
    this.#conversations.delete(conversationId);
    this.#conversations.set(conversationId, events);
    const quietest = this.#conversations.keys().next();
    if (this.#conversations.size > this.#maxConversations && !quietest.done) {
      this.#conversations.delete(quietest.value);
    }
  }

  async read(conversationId: string, limit: number): Promise<readonly StoredEvent[]> {
    const events = this.#conversations.get(conversationId) ?? [];
    return limit <= 0 ? [] : events.slice(-limit);
  }

  async delete(conversationId: string): Promise<void> {
    this.#conversations.delete(conversationId);
  }

  async close(): Promise<void> {}
}
