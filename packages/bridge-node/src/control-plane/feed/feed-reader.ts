import type { FeedItem } from './feed-item.ts';

/** Why a feed ended: its reader was too slow, the bridge closes, its reader went. */
export type FeedEnd = 'slow_consumer' | 'going_away' | 'left';

/** What a {@link FeedReader} reads from. */
export interface FeedReaderOptions {
  /** The id of the last event the client has; 0: none. */
  readonly after: number;
  /** The next kept events after that one, oldest first, with {@link missed} where some are missing; no kept one: that was all. */
  readonly replay: (after: number) => Promise<readonly FeedItem[]>;
  /** Told when events after the client's last one are not kept any more. */
  readonly missed: () => FeedItem;
  /** Told between what was kept and what happens from now on. */
  readonly live: () => readonly FeedItem[];
  readonly onEnd: () => void;
}

type State =
  | { readonly name: 'replaying'; readonly page: FeedItem[] }
  | { readonly name: 'live' }
  /** Nothing new is told, what waits still is. */
  | { readonly name: 'draining' }
  | { readonly name: 'ended'; readonly reason: FeedEnd };

/** How many messages may wait for a reader, how many UTF-16 units of them, and for how many pings it may not read. */
const MAX_WAITING = 1_000;
const MAX_WAITING_LENGTH = 1_048_576;
const MAX_PINGS = 2;

/**
 * One follower of a conversation: everything kept after an event, in order and once each, then everything that happens. Memory is bounded:
 * who does not read fast enough is cut off.
 */
export class FeedReader {
  readonly #options: FeedReaderOptions;
  #state: State = { name: 'replaying', page: [] };
  #waiting: FeedItem[] = [];
  #waitingLength = 0;
  /** The last kept event that was told. */
  #lastId = 0;
  #hasRead = false;
  #isReading = false;
  #pings = 0;
  #wake: () => void = () => {};

  constructor(options: FeedReaderOptions) {
    this.#options = options;
  }

  /** Why there is nothing more; undefined while there may be. */
  get ended(): FeedEnd | undefined {
    return this.#state.name === 'ended' ? this.#state.reason : undefined;
  }

  /** Something happened. What is not meant to be kept is of no use to a reader that has not caught up. */
  push(item: FeedItem): void {
    if (this.#state.name === 'ended' || this.#state.name === 'draining') return;
    if (this.#state.name === 'replaying' && item.id === undefined && item.isLost !== true) return;
    this.#waiting.push(item);
    this.#waitingLength += item.text.length;
    if (this.#waiting.length > MAX_WAITING || this.#waitingLength > MAX_WAITING_LENGTH) this.end('slow_consumer');
    else this.#wake();
  }

  /** {@link push} of something that only says that the feed is alive; cuts a reader off that has not read for long. */
  ping(item: FeedItem): void {
    if (!this.#isReading && ++this.#pings > MAX_PINGS) this.end('slow_consumer');
    else this.push(item);
  }

  /** The next message; undefined at the end. Asked for one after the other. */
  async next(): Promise<FeedItem | undefined> {
    this.#isReading = true;
    this.#pings = 0;
    const item = await this.#next();
    this.#isReading = false;
    return item;
  }

  /** Ends the feed; with `going_away`, what happened before is still told. */
  end(reason: FeedEnd): void {
    if (this.#state.name === 'ended') return;
    if (reason === 'going_away' && this.#state.name !== 'replaying' && this.#waiting.length > 0) {
      this.#state = { name: 'draining' };
      return;
    }
    this.#state = { name: 'ended', reason };
    this.#waiting = [];
    this.#options.onEnd();
    this.#wake();
  }

  async #next(): Promise<FeedItem | undefined> {
    for (;;) {
      if (this.#state.name === 'ended') return undefined;
      const item = this.#state.name === 'replaying' ? this.#state.page.shift() : this.#waiting.shift();
      if (item === undefined) {
        if (this.#state.name === 'draining') this.end('going_away');
        else if (this.#state.name === 'replaying') await this.#readOn();
        else await this.#somethingNew();
        continue;
      }
      if (this.#state.name !== 'replaying') this.#waitingLength -= item.text.length;
      if (item.id === undefined) return item;
      // It came from the store already.
      if (item.id <= this.#lastId) continue;
      this.#lastId = item.id;
      return item;
    }
  }

  async #readOn(): Promise<void> {
    const { after, replay, missed, live } = this.#options;
    // The client's last event, or the next one, must be there still: else others are not, and perhaps none is.
    const isFirst = !this.#hasRead && after > 0;
    this.#hasRead = true;
    const page = [...(await replay(isFirst ? after - 1 : Math.max(after, this.#lastId)))];
    if (this.#state.name !== 'replaying') return;
    const kept = page.find(({ id }) => id !== undefined);
    if (isFirst) {
      if (kept?.id === after) this.#lastId = after;
      const isGap = kept?.id !== after && kept?.id !== after + 1;
      this.#state = { name: 'replaying', page: isGap ? [missed(), ...page] : page };
      return;
    }
    this.#state = kept === undefined ? { name: 'live' } : { name: 'replaying', page };
    if (kept !== undefined) return;
    for (const item of [...page, ...live()]) this.push(item);
  }

  #somethingNew(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
