import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from './conversation-store.ts';
import { JOURNAL_LIMITS, Journal } from './journal.ts';
import { MemoryStore } from './memory-store.ts';

/** A store that keeps nothing until it is told to go on. */
class HangingStore extends MemoryStore {
  #goOn: () => void = () => {};
  readonly #released = new Promise<void>((resolve) => {
    this.#goOn = resolve;
  });

  goOn(): void {
    this.#goOn();
  }

  override async append(conversationId: string, event: StoredEvent): Promise<number> {
    await this.#released;
    return super.append(conversationId, event);
  }
}

function start(store = new HangingStore({ firstId: () => 1, maxEvents: 20_000 })) {
  const clock = new ManualClock();
  const problems: string[] = [];
  const journal = new Journal(store, clock, (_id, error) => problems.push(error instanceof Error ? error.message : ''));
  const told: (number | undefined)[] = [];
  const append = (conversationId: string, length = 0) => {
    const entry = { id: 'a', role: 'user', text: 'x'.repeat(length), state: 'final' } as const;
    const event = { type: 'transcript', at: 0, sessionId: 'ses_1', entry, after: null } as const;
    journal.append(conversationId, event, (id) => told.push(id));
  };
  return { clock, store, journal, problems, told, append };
}

describe('a journal whose store hangs', () => {
  it('holds a thousand events of a conversation, drops the oldest, and tells what became of each in order', async () => {
    const { clock, store, journal, problems, told, append } = start();
    const more = 50;
    append('c');
    await clock.advanceAsync(0);
    for (let n = 0; n < JOURNAL_LIMITS.conversation + more; n++) append('c');
    expect([journal.dropped, told]).toEqual([more, Array.from({ length: more + 1 }, () => undefined)]);
    expect(problems).toEqual(['it does not keep up, and loses events']);
    store.goOn();
    await journal.readAfter('c', 0, 1);
    expect(told.slice(more + 1)).toEqual(Array.from({ length: JOURNAL_LIMITS.conversation }, (_, n) => n + 2));
    expect(problems.at(-1)).toBe(`${more} events were not kept`);
    expect([journal.hasGapBefore('c', 1), journal.hasGapBefore('c', 2), journal.hasGapBefore('c', 3)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(clock.pending).toBe(0);
  });

  it('holds so many of all conversations, and so much', async () => {
    const { journal, append } = start();
    const conversations = JOURNAL_LIMITS.all / 500;
    for (let n = 0; n < conversations; n++) for (let event = 0; event < 500; event++) append(`c${n}`);
    expect(journal.dropped).toBe(0);
    append('another');
    expect(journal.dropped).toBe(1);
    const large = start();
    for (let n = 0; n < 10; n++) large.append('c', JOURNAL_LIMITS.length / 8);
    expect(large.journal.dropped).toBe(3);
  });

  it('tells after two seconds that an event is not kept, and keeps it when the store goes on', async () => {
    const { clock, store, journal, told, append } = start();
    append('c');
    append('c');
    await clock.advanceAsync(2_000);
    expect(told).toEqual([undefined, undefined]);
    store.goOn();
    await clock.advanceAsync(0);
    expect((await journal.readAfter('c', 0, 10)).map(({ id }) => id)).toEqual([1, 2]);
    expect([journal.hasGapBefore('c', undefined), told.length]).toEqual([false, 2]);
  });
});
