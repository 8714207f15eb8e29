import type { StoredEvent } from './conversation-store.ts';

/** What became of an event: its id, or why it has none so far. */
export type Keeping = number | 'failed' | 'late' | 'dropped';

/** One event on its way into the store. */
export interface QueuedEvent {
  readonly event: StoredEvent;
  /** Told once, in the order of the events. */
  readonly onKept: (keeping: Keeping) => void;
}

interface Entry extends QueuedEvent {
  keeping: Keeping | undefined;
}

/** The events of one conversation on their way into the store, one written after the other; the oldest that wait can be dropped. */
export class WriteQueue {
  readonly #write: (event: StoredEvent) => Promise<number>;
  readonly #onDrained: () => void;
  readonly #waiting: Entry[] = [];
  /** What was not told yet, oldest first. */
  readonly #untold: Entry[] = [];
  #drained: Promise<void> | undefined;
  #length = 0;
  #dropped = 0;

  /** `onDrained` is told when nothing waits any more. */
  constructor(write: (event: StoredEvent) => Promise<number>, onDrained: () => void) {
    this.#write = write;
    this.#onDrained = onDrained;
  }

  /** Events that wait, without the one that is being written. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** About how many UTF-16 units those are. */
  get length(): number {
    return this.#length;
  }

  /** Events dropped since it was made. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Resolves when everything there is was written, or has failed. */
  get drained(): Promise<void> {
    return this.#drained ?? Promise.resolve();
  }

  /** Adds an event at the end; gives what to call when the store takes too long for it. */
  push(queued: QueuedEvent): () => void {
    const entry: Entry = { ...queued, keeping: undefined };
    this.#waiting.push(entry);
    this.#untold.push(entry);
    this.#length += lengthOf(queued.event);
    this.#drained ??= this.#run();
    return () => this.#settle(entry, 'late');
  }

  /** Drops the oldest event that waits; false when none does. What was before it, and hangs, is told to be late. */
  dropOldest(): boolean {
    const entry = this.#take();
    if (entry === undefined) return false;
    this.#dropped++;
    entry.keeping ??= 'dropped';
    for (const before of this.#untold) {
      if (before === entry) break;
      before.keeping ??= 'late';
    }
    this.#tell();
    return true;
  }

  async #run(): Promise<void> {
    // What is pushed at the same time is seen before the first is taken.
    await undefined;
    for (let entry = this.#take(); entry !== undefined; entry = this.#take()) {
      this.#settle(entry, await this.#write(entry.event).catch(() => 'failed' as const));
    }
    this.#drained = undefined;
    this.#onDrained();
  }

  #take(): Entry | undefined {
    const entry = this.#waiting.shift();
    if (entry !== undefined) this.#length -= lengthOf(entry.event);
    return entry;
  }

  #settle(entry: Entry, keeping: Keeping): void {
    entry.keeping ??= keeping;
    this.#tell();
  }

  #tell(): void {
    for (let [first] = this.#untold; first?.keeping !== undefined; [first] = this.#untold) {
      this.#untold.shift();
      first.onKept(first.keeping);
    }
  }
}

const SMALL = 200;

function lengthOf(event: StoredEvent): number {
  if (event.type === 'transcript') return SMALL + event.entry.text.length;
  return event.type === 'toolCall' ? SMALL + event.arguments.length + event.output.length : SMALL;
}
