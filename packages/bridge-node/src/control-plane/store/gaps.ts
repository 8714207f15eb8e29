/** Conversations whose gaps are remembered, and gaps of one: the newest. */
const MAX_CONVERSATIONS = 1_000;
const MAX_GAPS = 16;

interface Gaps {
  /** Whether events were lost since the last one that was kept. */
  isOpen: boolean;
  /** Ids of events before which others were lost. */
  ids: readonly number[];
}

/** Where events of conversations are missing in the store. */
export class StoreGaps {
  readonly #conversations = new Map<string, Gaps>();

  /** Events that belong behind everything kept so far are lost. */
  lost(conversationId: string): void {
    const gaps = this.#conversations.get(conversationId) ?? { isOpen: true, ids: [] };
    gaps.isOpen = true;
    this.#conversations.delete(conversationId);
    this.#conversations.set(conversationId, gaps);
    const oldest = this.#conversations.keys().next();
    if (this.#conversations.size > MAX_CONVERSATIONS && !oldest.done) this.#conversations.delete(oldest.value);
  }

  /** The next event is being written; gives what to tell the id under which it is kept. */
  begin(conversationId: string): (id: number) => void {
    const gaps = this.#conversations.get(conversationId);
    if (gaps?.isOpen !== true) return () => {};
    gaps.isOpen = false;
    return (id) => {
      gaps.ids = [...gaps.ids, id].slice(-MAX_GAPS);
    };
  }

  /** Whether events are missing right before the one with this id; undefined: at the end. */
  isBefore(conversationId: string, id: number | undefined): boolean {
    const gaps = this.#conversations.get(conversationId);
    if (gaps === undefined) return false;
    return id === undefined ? gaps.isOpen : gaps.ids.includes(id);
  }
}
