import type { ConversationStore, KeptEvent, StoredEvent } from './conversation-store.ts';

/** How much a {@link MemoryStore} keeps. */
export interface MemoryStoreOptions {
  /** Events kept per conversation; default 500. */
  readonly maxEvents?: number;
  /** Conversations kept; default 1,000. The one that was quiet longest makes room. */
  readonly maxConversations?: number;
  /**
   * Where the ids of a conversation begin that is not known, or not any more; default the time in ms since 1970, so that they grow also
   * over a restart of the process.
   */
  readonly firstId?: () => number;
}

interface Conversation {
  /** The id of the first of {@link events}. */
  firstId: number;
  readonly events: StoredEvent[];
}

/** A {@link ConversationStore} that lasts as long as the process; the default. */
export class MemoryStore implements ConversationStore {
  readonly #maxEvents: number;
  readonly #maxConversations: number;
  readonly #firstId: () => number;
  #highestId = 0;
  readonly #conversations = new Map<string, Conversation>();

  constructor(options: MemoryStoreOptions = {}) {
    this.#maxEvents = options.maxEvents ?? 500;
    this.#maxConversations = options.maxConversations ?? 1_000;
    this.#firstId = options.firstId ?? Date.now;
  }

  async append(conversationId: string, event: StoredEvent): Promise<number> {
    const conversation = this.#conversations.get(conversationId) ?? this.#begin();
    const id = conversation.firstId + conversation.events.length;
    this.#highestId = Math.max(this.#highestId, id);
    conversation.events.push(event);
    if (conversation.events.length > this.#maxEvents) {
      conversation.events.shift();
      conversation.firstId++;
    }
    this.#conversations.delete(conversationId);
    this.#conversations.set(conversationId, conversation);
    const quietest = this.#conversations.keys().next();
    if (this.#conversations.size > this.#maxConversations && !quietest.done) {
      this.#conversations.delete(quietest.value);
    }
    return id;
  }

  async read(conversationId: string, limit: number): Promise<readonly StoredEvent[]> {
    const events = this.#conversations.get(conversationId)?.events ?? [];
    return limit <= 0 ? [] : events.slice(-limit);
  }

  async readAfter(conversationId: string, after: number, limit: number): Promise<readonly KeptEvent[]> {
    const { firstId, events } = this.#conversations.get(conversationId) ?? { firstId: 0, events: [] };
    const start = Math.max(0, after + 1 - firstId);
    return events
      .slice(start, start + Math.max(0, limit))
      .map((event, index) => ({ id: firstId + start + index, event }));
  }

  async delete(conversationId: string): Promise<void> {
    this.#conversations.delete(conversationId);
  }

  async close(): Promise<void> {}

  #begin(): Conversation {
    return { firstId: Math.max(this.#firstId(), this.#highestId + 1), events: [] };
  }
}
