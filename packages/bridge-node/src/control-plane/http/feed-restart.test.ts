import { eventsPath, type FeedEvent, parseFeedEvent } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask, openBridge } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import type { ConversationStore } from '../store/conversation-store.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { VoiceBridge } from '../voice-bridge-interface.ts';

/** A bridge on this store, and a way to have somebody say something. */
function start(store: ConversationStore) {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const bridge = createTestBridge({ authorize: 'open', store }, { host, clock });
  const say = async (text: string) => {
    const entry = { id: text, role: 'user', text, state: 'final' } as const;
    host.last.emit({ type: 'transcript', entry, after: null });
    await clock.advanceAsync(0);
  };
  return { bridge, say };
}

/** Everything the feed tells until the bridge closes: what was kept, `live`, and the end of the session. */
async function toldBy(bridge: VoiceBridge, query = ''): Promise<FeedEvent[]> {
  const { body } = await ask(bridge, `${eventsPath('c')}${query}`);
  let told = '';
  let closing: Promise<void> | undefined;
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    told += text;
    if (told.includes('"type":"live"')) closing ??= bridge.close();
  }
  await closing;
  return [...told.matchAll(/^data: (.*)$/gm)].map(([, text = '']) => {
    const parsed = parseFeedEvent(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.value;
  });
}

const types = (events: readonly FeedEvent[]) => events.map(({ type }) => type);
const idsOf = (events: readonly FeedEvent[]) =>
  events.flatMap((event) => ('id' in event && event.id !== undefined ? event.id : []));

describe('a feed after the bridge was started anew', () => {
  it('goes on where a client was, on a store that outlasts the bridge: nothing twice, nothing missing, and ids grow', async () => {
    const store = new MemoryStore();
    const before = start(store);
    await openBridge(before.bridge, 'c');
    await before.say('one');
    const told = await toldBy(before.bridge);
    expect(types(told)).toEqual([
      'session_opened',
      'participant_joined',
      'transcript',
      'live',
      'assistant',
      'session_closed',
    ]);
    const ids = idsOf(told);

    const after = start(store);
    await openBridge(after.bridge, 'c');
    await after.say('two');
    const [, , third] = ids;
    const rest = await toldBy(after.bridge, `?after=${third}`);
    expect(types(rest)).toEqual([
      'session_closed',
      'session_opened',
      'participant_joined',
      'transcript',
      'live',
      'assistant',
      'session_closed',
    ]);
    expect(idsOf(rest)).toEqual(Array.from({ length: 5 }, (_, n) => (third ?? 0) + 1 + n));
  });

  it('says that something is missing where the store began anew, too, and never gives an id again', async () => {
    const before = start(new MemoryStore());
    await openBridge(before.bridge, 'c');
    await before.say('one');
    const ids = idsOf(await toldBy(before.bridge));
    const last = Math.max(...ids);

    const empty = start(new MemoryStore());
    expect(types(await toldBy(empty.bridge, `?after=${last}`))).toEqual(['missed', 'live']);

    const after = start(new MemoryStore({ firstId: () => last + 1_000 }));
    await openBridge(after.bridge, 'c');
    const told = await toldBy(after.bridge, `?after=${last}`);
    expect(types(told).slice(0, 3)).toEqual(['missed', 'session_opened', 'participant_joined']);
    expect(Math.min(...idsOf(told))).toBeGreaterThan(last);
  });

  it('goes on with what happens for a client that knows ids the store never gave, as after a backup was put back', async () => {
    const store = new MemoryStore({ firstId: () => 1 });
    const { bridge, say } = start(store);
    await openBridge(bridge, 'c');
    await say('one');
    const told = await toldBy(bridge, '?after=1000');
    expect(types(told)).toEqual(['missed', 'live', 'assistant', 'session_closed']);
    expect(idsOf(told)).toEqual([4]);
  });
});
