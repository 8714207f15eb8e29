import { type Clock, VoiceBridgeError } from '@voice-bridge/core';
import type { ConversationStore, KeptEvent, StoredEvent } from './conversation-store.ts';
import { type HistoryLimits, type HistoryLine, historyOf } from './history.ts';

const EVENTS_PER_LINE = 4;
const FEWEST_EVENTS = 50;

/** A store that takes longer holds nobody up, in ms. */
const PATIENCE_MS = 2_000;

/** The last thing under way in one conversation: what is written, and who is told of it. */
interface Tails {
  readonly written: Promise<void>;
  readonly told: Promise<void>;
}

const START: Tails = { written: Promise.resolve(), told: Promise.resolve() };
const noop = () => {};

/** Writes to a store in order and in the background; a store that fails or hangs costs a warning, never a session. */
export class Journal {
  readonly #store: ConversationStore;
  readonly #clock: Clock;
  readonly #onFailure: (conversationId: string | undefined, error: unknown) => void;
  readonly #tails = new Map<string, Tails>();

  constructor(
    store: ConversationStore,
    clock: Clock,
    onFailure: (conversationId: string | undefined, error: unknown) => void,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Writes an event; `onKept` is told its id, or (undefined) that the store failed or hangs, in the order of the events. */
  append(conversationId: string, event: StoredEvent, onKept: (id: number | undefined) => void): void {
    const { written, told } = this.#tails.get(conversationId) ?? START;
    const write = written.then(() => this.#store.append(conversationId, event));
    const id = this.#inTime(write).catch((error: unknown) => {
      this.#onFailure(conversationId, error);
      return undefined;
    });
    const tails = { written: write.then(noop, noop), told: told.then(async () => onKept(await id)) };
    this.#tails.set(conversationId, tails);
    Promise.all([tails.written, tails.told]).then(() => {
      if (this.#tails.get(conversationId) === tails) this.#tails.delete(conversationId);
    });
  }

  /** The oldest `limit` events after that one, everything appended so far included; empty when the store fails. */
  async readAfter(conversationId: string, after: number, limit: number): Promise<readonly KeptEvent[]> {
    const read = async () => {
      await this.#tails.get(conversationId)?.written;
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
      await this.#tails.get(conversationId)?.written;
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
      await Promise.all([...this.#tails.values()].flatMap(({ written, told }) => [written, told]));
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
