import { describe, expect, it } from 'vitest';
import { conversationStoreContract } from './conversation-store.contract.ts';
import type { StoredEvent } from './conversation-store.ts';
import { MemoryStore } from './memory-store.ts';

const opened = (at: number): StoredEvent => ({ type: 'sessionOpened', at, sessionId: 's' });

describe('MemoryStore', () => {
  conversationStoreContract(() => new MemoryStore());

  it('drops the oldest events of a conversation that grows too long', async () => {
    const store = new MemoryStore({ maxEvents: 3 });
    for (let at = 0; at < 5; at++) await store.append('c', opened(at));
    expect((await store.read('c', 10)).map((event) => event.at)).toEqual([2, 3, 4]);
  });

  it('drops the conversation that was quiet longest when there are too many', async () => {
    const store = new MemoryStore({ maxConversations: 2 });
    await store.append('a', opened(1));
    await store.append('b', opened(2));
    await store.append('a', opened(3));
    await store.append('c', opened(4));
    expect(await store.read('b', 10)).toEqual([]);
    expect(await store.read('a', 10)).toHaveLength(2);
  });

  it('numbers from the time on, so that ids grow over a restart', async () => {
    const before = new MemoryStore({ firstId: () => 1_000 });
    expect([await before.append('c', opened(1)), await before.append('c', opened(2))]).toEqual([1_000, 1_001]);
    const after = new MemoryStore({ firstId: () => 5_000 });
    const id = await after.append('c', opened(3));
    expect(await after.readAfter('c', 1_001, 10)).toEqual([{ id, event: opened(3) }]);
  });

  it('keeps the ids of what stays when the oldest go', async () => {
    const store = new MemoryStore({ maxEvents: 2, firstId: () => 10 });
    for (let at = 0; at < 5; at++) await store.append('c', opened(at));
    expect((await store.readAfter('c', 11, 10)).map(({ id }) => id)).toEqual([13, 14]);
  });

  it('gives a reader its own list', async () => {
    const store = new MemoryStore();
    await store.append('c', opened(1));
    const before = await store.read('c', 10);
    await store.append('c', opened(2));
    expect(before).toHaveLength(1);
  });
});
