import { expect, it } from 'vitest';
import type { ConversationStore, StoredEvent } from './conversation-store.ts';

/** What every {@link ConversationStore} does; `create` gives an empty one that keeps at least 100 events a conversation. */
export function conversationStoreContract(create: () => ConversationStore | Promise<ConversationStore>): void {
  const opened = (at: number): StoredEvent => ({ type: 'sessionOpened', at, sessionId: `ses_${at}` });

  it('reads back what was appended, oldest first', async () => {
    const store = await create();
    const events: StoredEvent[] = [
      opened(1),
      {
        type: 'transcript',
        at: 2,
        sessionId: 'ses_1',
        entry: { id: 'item_1', role: 'user', text: 'Grüße 🎤 "quoted"', state: 'final' },
        after: null,
      },
      {
        type: 'toolCall',
        at: 3,
        sessionId: 'ses_1',
        callId: 'call_1',
        name: 'set_lamp',
        arguments: '{"colour":"blue"}',
        output: '{"ok":true}',
        failed: false,
      },
      {
        type: 'participantJoined',
        at: 4,
        sessionId: 'ses_1',
        participantId: 'par_1',
        name: null,
        role: 'speaker',
        transport: 'webrtc',
      },
      { type: 'participantLeft', at: 5, sessionId: 'ses_1', participantId: 'par_1', reason: 'left' },
      { type: 'warning', at: 6, sessionId: null, code: 'internal', message: 'odd' },
      { type: 'sessionClosed', at: 7, sessionId: 'ses_1', reason: 'stopped', code: 'session_closed' },
    ];
    for (const event of events) await store.append('c', event);
    expect(await store.read('c', 10)).toEqual(events);
    await store.close();
  });

  it('reads only the newest when there are more than asked for', async () => {
    const store = await create();
    for (let at = 0; at < 10; at++) await store.append('c', opened(at));
    expect(await store.read('c', 3)).toEqual([opened(7), opened(8), opened(9)]);
    expect(await store.read('c', 0)).toEqual([]);
    await store.close();
  });

  it('[S-2.9] numbers the events of a conversation one by one, and reads on after any of them', async () => {
    const store = await create();
    const ids: number[] = [];
    for (let at = 0; at < 5; at++) ids.push(await store.append('c', opened(at)));
    await store.append('other', opened(9));
    const [first = 0] = ids;
    expect(first).toBeGreaterThan(0);
    expect(ids).toEqual([0, 1, 2, 3, 4].map((step) => first + step));
    const kept = (from: number, to: number) =>
      ids.slice(from, to).map((id, index) => ({ id, event: opened(from + index) }));
    expect(await store.readAfter('c', 0, 10)).toEqual(kept(0, 5));
    expect(await store.readAfter('c', first + 1, 2)).toEqual(kept(2, 4));
    expect(await store.readAfter('c', first + 4, 10)).toEqual([]);
    expect(await store.readAfter('c', first + 100, 10)).toEqual([]);
    expect(await store.readAfter('c', 0, 0)).toEqual([]);
    expect(await store.readAfter('never', 0, 10)).toEqual([]);
    await store.close();
  });

  it('never gives an id again, whatever is forgotten', async () => {
    const store = await create();
    const ids: number[] = [];
    for (let at = 0; at < 3; at++) ids.push(await store.append('c', opened(at)));
    await store.delete('c');
    const next = await store.append('c', opened(3));
    expect(next).toBeGreaterThan(Math.max(...ids));
    expect(await store.readAfter('c', 0, 10)).toEqual([{ id: next, event: opened(3) }]);
    await store.close();
  });

  it('keeps the order of events appended without waiting', async () => {
    const store = await create();
    await Promise.all(Array.from({ length: 50 }, (_, at) => store.append('c', opened(at))));
    expect((await store.read('c', 50)).map((event) => event.at)).toEqual(Array.from({ length: 50 }, (_, at) => at));
    await store.close();
  });

  it('keeps conversations apart and knows nothing of others', async () => {
    const store = await create();
    await store.append('a', opened(1));
    await store.append('b', opened(2));
    expect(await store.read('a', 10)).toEqual([opened(1)]);
    expect(await store.read('never', 10)).toEqual([]);
    await store.close();
  });

  it('forgets a conversation when told', async () => {
    const store = await create();
    await store.append('a', opened(1));
    await store.append('b', opened(2));
    await store.delete('a');
    await store.delete('never');
    expect(await store.read('a', 10)).toEqual([]);
    expect(await store.read('b', 10)).toEqual([opened(2)]);
    await store.close();
  });

  it('can be closed twice', async () => {
    const store = await create();
    await store.close();
    await store.close();
  });
}
