import { type CancelTimer, type Clock, FEED_PING_MS, type FeedEvent, VoiceBridgeError } from '@voice-bridge/core';
import type { Limits } from '../limits/limits.ts';
import { SubjectRates } from '../limits/subject-rates.ts';
import type { StoredEvent } from '../store/conversation-store.ts';
import type { Journal } from '../store/journal.ts';
import { type FeedItem, feedEventOf, feedItem, keptItem } from './feed-item.ts';
import { FeedReader } from './feed-reader.ts';

/** What {@link ConversationFeeds} run on. */
export interface ConversationFeedsOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Wall-clock time in ms since 1970. */
  readonly wallClock: () => number;
  readonly limits: Pick<Limits, 'feeds' | 'feedsPerConversation' | 'followsPerMinute'>;
}

/** How a conversation is right now: the `live` message and what belongs behind it. */
export type FeedSnapshot = (conversationId: string) => readonly FeedEvent[];

/** Events of one reading of the store. */
const PAGE = 100;
/** How long the last events may take to be read when the bridge closes. */
const DRAIN_MS = 1_000;
const FOLLOWS_BEYOND = 10;
const MAX_RATES = 10_000;

/** Everything that happens in conversations, told to whoever follows them: first what the store has, then what happens. */
export class ConversationFeeds {
  readonly #options: ConversationFeedsOptions;
  readonly #readers = new Map<string, Set<FeedReader>>();
  /** By conversation: each following reads the store. */
  readonly #rates: SubjectRates;
  #count = 0;
  #cancelPing: CancelTimer = () => {};
  #closed = false;
  #onNobody: () => void = () => {};

  constructor(options: ConversationFeedsOptions) {
    this.#options = options;
    const { followsPerMinute, feedsPerConversation } = options.limits;
    this.#rates = new SubjectRates(followsPerMinute, feedsPerConversation + FOLLOWS_BEYOND, MAX_RATES);
  }

  /** Keeps an event in the store and tells it when it has its id; also, without one, when the store fails. */
  keep(conversationId: string, event: StoredEvent): void {
    this.#options.journal.append(conversationId, event, (id) =>
      this.#push(conversationId, () => keptItem({ id, event })),
    );
  }

  /** Tells something that is not kept; it is made only when somebody follows. */
  tell(conversationId: string, event: () => FeedEvent): void {
    this.#push(conversationId, () => feedItem(event()));
  }

  /** Follows a conversation after the event with this id; 0: from the oldest kept. Throws `rate_limited` and `shutting_down`. */
  follow(conversationId: string, after: number, snapshot: FeedSnapshot): FeedReader {
    const { limits, journal, clock, wallClock } = this.#options;
    if (this.#closed) throw new VoiceBridgeError('shutting_down', 'The server is shutting down');
    const readers = this.#readers.get(conversationId) ?? new Set();
    if (this.#count >= limits.feeds || readers.size >= limits.feedsPerConversation) {
      throw new VoiceBridgeError('rate_limited', 'As many follow as may');
    }
    this.#rates.take(conversationId, clock.now());
    const missed = () => feedItem({ type: 'missed', at: wallClock() });
    const reader = new FeedReader({
      after,
      replay: async (from) => {
        const page = await journal.readAfter(conversationId, from, PAGE);
        const isMissing = (id: number | undefined) => journal.hasGapBefore(conversationId, id);
        const items = page.flatMap((kept) => [...(isMissing(kept.id) ? [missed()] : []), feedItem(feedEventOf(kept))]);
        return page.length === 0 && isMissing(undefined) ? [missed()] : items;
      },
      missed,
      live: () => snapshot(conversationId).map(feedItem),
      onEnd: () => this.#forget(conversationId, reader),
    });
    this.#readers.set(conversationId, readers.add(reader));
    if (this.#count++ === 0) this.#watch();
    return reader;
  }

  /** Begins no other feed and ends every one when its reader has read what happened so far, but does not wait long for that. */
  async close(): Promise<void> {
    this.#closed = true;
    const readers = [...this.#readers.values()].flatMap((each) => [...each]);
    for (const reader of readers) reader.end('going_away');
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(DRAIN_MS, resolve);
      this.#onNobody = () => {
        cancel();
        resolve();
      };
    });
    for (const reader of readers) reader.end('left');
  }

  #push(conversationId: string, createItem: () => FeedItem): void {
    const readers = this.#readers.get(conversationId);
    if (readers === undefined) return;
    const item = createItem();
    for (const reader of readers) reader.push(item);
  }

  #watch(): void {
    const { clock, wallClock } = this.#options;
    this.#cancelPing = clock.after(FEED_PING_MS, () => {
      const item = feedItem({ type: 'ping', at: wallClock() });
      for (const readers of this.#readers.values()) for (const reader of readers) reader.ping(item);
      if (this.#count > 0) this.#watch();
    });
  }

  #forget(conversationId: string, reader: FeedReader): void {
    const readers = this.#readers.get(conversationId);
    readers?.delete(reader);
    if (readers?.size === 0) this.#readers.delete(conversationId);
    if (--this.#count > 0) return;
    this.#cancelPing();
    this.#onNobody();
  }
}
