import { type Clock, VoiceBridgeError } from '@voice-bridge/core';
import type { ConversationStore, KeptEvent, StoredEvent } from './conversation-store.ts';
import { StoreGaps } from './gaps.ts';
import { type HistoryLimits, type HistoryLine, historyOf } from './history.ts';
import { type Keeping, WriteQueue } from './write-queue.ts';

const EVENTS_PER_LINE = 4;
const FEWEST_EVENTS = 50;

/** A store that takes longer holds nobody up, in ms. */
const PATIENCE_MS = 2_000;

/** Events that may wait for a store, of one conversation and of all, and about how many UTF-16 units: then the oldest of them are dropped. */
export const JOURNAL_LIMITS = { conversation: 1_000, all: 10_000, length: 16_777_216 } as const;

/** Writes to a store in order and in the background; a store that fails or hangs costs a warning and events, never a session or memory without end. */
export class Journal {
  readonly #store: ConversationStore;
  readonly #clock: Clock;
  readonly #onFailure: (conversationId: string | undefined, error: unknown) => void;
  readonly #queues = new Map<string, WriteQueue>();
  readonly #gaps = new StoreGaps();
  #dropped = 0;

  constructor(
    store: ConversationStore,
    clock: Clock,
    onFailure: (conversationId: string | undefined, error: unknown) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Events that were dropped, as the store did not keep up. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes an event; `onKept` is told its id, or (undefined) that the store failed, hangs or does not keep up, in the order of the events. */
  append(conversationId: string, event: StoredEvent, onKept: (id: number | undefined) => void): void {
    const queue = this.#queues.get(conversationId) ?? this.#open(conversationId);
    const told = (keeping: Keeping) => {
      cancel();
      onKept(typeof keeping === 'number' ? keeping : undefined);
    };
    const expire = queue.push({ event, onKept: told });
    const cancel = this.#clock.after(PATIENCE_MS, () => {
      this.#onFailure(conversationId, tooSlow());
      expire();
    });
    this.#makeRoom(conversationId, queue);
  }

  /** Whether events are missing right before the one with this id, as the store did not take them; undefined: behind the newest. */
  hasGapBefore(conversationId: string, id: number | undefined): boolean {
    return this.#gaps.isBefore(conversationId, id);
  }

  /** The oldest `limit` events after that one, everything appended so far included; empty when the store fails. */
  async readAfter(conversationId: string, after: number, limit: number): Promise<readonly KeptEvent[]> {
    const read = async () => {
      await this.#queues.get(conversationId)?.drained;
      return this.#store.readAfter(conversationId, after, limit);
    };
    try {
      return await this.#inTime(read());
    } catch (error) {
      this.#onFailure(conversationId, error);
      return [];
    }
  }

  /** What was said before, everything appended so far included; empty when the store fails. */
  async history(conversationId: string, limits: HistoryLimits): Promise<readonly HistoryLine[]> {
    const read = async () => {
      await this.#queues.get(conversationId)?.drained;
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
      await Promise.all([...this.#queues.values()].map(({ drained }) => drained));
      await this.#store.close();
    };
    await this.#inTime(finish()).catch((error: unknown) => this.#onFailure(undefined, error));
  }

  #open(conversationId: string): WriteQueue {
    const write = async (event: StoredEvent) => {
      const kept = this.#gaps.begin(conversationId);
      try {
        const id = await this.#store.append(conversationId, event);
        kept(id);
        return id;
      } catch (error) {
        this.#gaps.lost(conversationId);
        this.#onFailure(conversationId, error);
        throw error;
      }
    };
    const queue = new WriteQueue(write, () => {
      this.#queues.delete(conversationId);
      if (queue.dropped > 0) this.#onFailure(conversationId, dropped(`${queue.dropped} events were not kept`));
    });
    this.#queues.set(conversationId, queue);
    return queue;
  }

  #makeRoom(conversationId: string, queue: WriteQueue): void {
    if (queue.waiting > JOURNAL_LIMITS.conversation) this.#drop(conversationId, queue);
    const sum = (of: (queue: WriteQueue) => number) =>
      [...this.#queues.values()].reduce((all, each) => all + of(each), 0);
    while (sum((each) => each.waiting) > JOURNAL_LIMITS.all || sum((each) => each.length) > JOURNAL_LIMITS.length) {
      const [longest] = [...this.#queues].sort(([, one], [, other]) => other.length - one.length);
      if (longest === undefined || !this.#drop(...longest)) return;
    }
  }

  #drop(conversationId: string, queue: WriteQueue): boolean {
    if (queue.dropped === 0) this.#onFailure(conversationId, dropped('it does not keep up, and loses events'));
    if (!queue.dropOldest()) return false;
    this.#dropped++;
    this.#gaps.lost(conversationId);
    return true;
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => {
        reject(tooSlow());
      });
      work.then(resolve, reject).finally(cancel);
    });
  }
}

function tooSlow(): VoiceBridgeError {
  return new VoiceBridgeError('internal', `it did not answer within ${PATIENCE_MS / 1_000} s`);
}

function dropped(problem: string): VoiceBridgeError {
  return new VoiceBridgeError('internal', problem);
}
