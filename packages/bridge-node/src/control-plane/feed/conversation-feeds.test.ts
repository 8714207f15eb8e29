import { type FeedEvent, parseFeedEvent } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Journal } from '../store/journal.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { ConversationFeeds } from './conversation-feeds.ts';
import type { FeedReader } from './feed-reader.ts';

const LIMITS = { feeds: 10, feedsPerConversation: 10, followsPerMinute: 1_000 };

function start(maxEvents = 500) {
  const clock = new ManualClock();
  const store = new MemoryStore({ maxEvents, firstId: () => 1 });
  const failures: unknown[] = [];
  const journal = new Journal(store, clock, (_conversation, error) => failures.push(error));
  const feeds = new ConversationFeeds({ journal, clock, wallClock: () => clock.now(), limits: LIMITS });
  const follow = (after: number) => feeds.follow('c', after, () => [{ type: 'live', at: clock.now(), session: null }]);
  const keep = (at: number) => feeds.keep('c', { type: 'sessionOpened', at, sessionId: `ses_${at}` });
  return { clock, feeds, follow, keep, failures };
}

async function read(reader: FeedReader): Promise<FeedEvent | undefined> {
  const item = await reader.next();
  if (item === undefined) return undefined;
  const parsed = parseFeedEvent(item.text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

const idOf = (event: FeedEvent | undefined) => (event !== undefined && 'id' in event ? event.id : undefined);

describe('the feeds of conversations', () => {
  it('[S-2.9] tell every event once and in order, whenever it happens, whatever the reader had', async () => {
    const step = fc.oneof(fc.constant('keep' as const), fc.constant('read' as const), fc.constant('pause' as const));
    const property = fc.asyncProperty(fc.array(step), fc.nat(12), fc.nat(12), async (steps, before, after) => {
      const { clock, follow, keep } = start();
      let kept = 0;
      for (; kept < before; kept++) keep(kept);
      await clock.advanceAsync(0);
      const had = Math.min(after, before);
      const reader = follow(had);
      const ids: number[] = [];
      const take = async () => {
        const id = idOf(await read(reader));
        if (id !== undefined) ids.push(id);
      };
      for (const action of steps) {
        if (action === 'keep') keep(kept++);
        else if (action === 'pause') await clock.advanceAsync(0);
        else if (had + ids.length < kept) await take();
      }
      while (had + ids.length < kept) await take();
      expect(ids).toEqual(Array.from({ length: kept - had }, (_, n) => had + n + 1));
    });
    await fc.assert(property, { seed: 9, numRuns: 300 });
  });

  it('tell who went on too late what is kept, and that something is missing', async () => {
    const { clock, follow, keep } = start(3);
    for (let at = 0; at < 10; at++) keep(at);
    await clock.advanceAsync(0);
    const reader = follow(2);
    const events = [await read(reader), await read(reader), await read(reader), await read(reader), await read(reader)];
    expect(events.map((event) => event?.type)).toEqual([
      'missed',
      'session_opened',
      'session_opened',
      'session_opened',
      'live',
    ]);
    expect(events.map(idOf)).toEqual([undefined, 8, 9, 10, undefined]);
  });

  it('write an event once, and not at all when nobody follows', () => {
    const { feeds } = start();
    feeds.tell('c', () => expect.fail('nobody follows'));
  });

  it('tell nobody of another conversation', async () => {
    const { clock, feeds, follow, keep } = start();
    const reader = follow(0);
    expect((await read(reader))?.type).toBe('live');
    feeds.keep('other', { type: 'sessionOpened', at: 0, sessionId: 'ses_other' });
    keep(1);
    await clock.advanceAsync(0);
    expect(await read(reader)).toMatchObject({ session_id: 'ses_1' });
  });

  it('do not wait for ever for readers when they close', async () => {
    const { clock, feeds, follow, keep } = start();
    const reader = follow(0);
    await read(reader);
    keep(1);
    await clock.advanceAsync(0);
    const closed = feeds.close();
    await clock.advanceAsync(1_000);
    await closed;
    expect([reader.ended, clock.pending]).toEqual(['left', 0]);
    expect(() => follow(0)).toThrow('shutting down');
  });
});
