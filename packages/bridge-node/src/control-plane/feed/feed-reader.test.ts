import { describe, expect, it } from 'vitest';
import type { FeedItem } from './feed-item.ts';
import { FeedReader } from './feed-reader.ts';

const item = (id: number | undefined, text = `event ${id}`): FeedItem => ({ id, text });
const LIVE = item(undefined, 'live');
const MISSED = item(undefined, 'missed');
const PING = item(undefined, 'ping');

/** A reader of a store with these ids, `page` at a time. */
function read(ids: readonly number[], { after = 0, page = 2 } = {}) {
  const store = [...ids];
  let ended = 0;
  const reader = new FeedReader({
    after,
    replay: async (from) =>
      store
        .filter((id) => id > from)
        .slice(0, page)
        .map((id) => item(id)),
    missed: () => MISSED,
    live: () => [LIVE],
    onEnd: () => {
      ended++;
    },
  });
  return { store, reader, ended: () => ended };
}

async function take(reader: FeedReader, count: number): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = [];
  for (let n = 0; n < count; n++) texts.push((await reader.next())?.text);
  return texts;
}

describe('a reader of a feed', () => {
  it('[S-2.9] is told what is kept, then that it is live, then what happens', async () => {
    const { reader } = read([1, 2, 3]);
    expect(await take(reader, 4)).toEqual(['event 1', 'event 2', 'event 3', 'live']);
    const next = reader.next();
    reader.push(item(4));
    reader.push(item(undefined, 'delta'));
    expect([(await next)?.text, ...(await take(reader, 1))]).toEqual(['event 4', 'delta']);
  });

  it('goes on after the event it has', async () => {
    const { reader } = read([5, 6, 7], { after: 6 });
    expect(await take(reader, 2)).toEqual(['event 7', 'live']);
  });

  it('is told when what it did not get is not kept any more, once, and not when it had nothing', async () => {
    expect(await take(read([5, 6, 7], { after: 2 }).reader, 5)).toEqual([
      'missed',
      'event 5',
      'event 6',
      'event 7',
      'live',
    ]);
    expect(await take(read([5], { after: 4 }).reader, 2)).toEqual(['event 5', 'live']);
    expect(await take(read([5]).reader, 2)).toEqual(['event 5', 'live']);
  });

  it('gets each event once, in order, also those that happen while it catches up', async () => {
    const { reader, store } = read([1, 2, 3]);
    expect(await take(reader, 1)).toEqual(['event 1']);
    store.push(4);
    reader.push(item(4));
    reader.push(item(5));
    reader.push(item(undefined, 'delta'));
    expect(await take(reader, 5)).toEqual(['event 2', 'event 3', 'event 4', 'event 5', 'live']);
  });

  it('is told that it missed something when the store has lost everything', async () => {
    const { reader } = read([], { after: 7 });
    expect(await take(reader, 2)).toEqual(['missed', 'live']);
    const { reader: upToDate } = read([6, 7], { after: 7 });
    expect(await take(upToDate, 1)).toEqual(['live']);
  });

  it('that has not caught up is told of what was to be kept and is not', async () => {
    const { reader } = read([1]);
    reader.push({ id: undefined, text: 'lost', isLost: true });
    reader.push({ id: undefined, text: 'passing' });
    expect(await take(reader, 3)).toEqual(['event 1', 'lost', 'live']);
  });

  it('still gets what happens when it claims to have more than there is', async () => {
    const { reader } = read([1, 2], { after: 100 });
    reader.push(item(3));
    expect(await take(reader, 3)).toEqual(['missed', 'event 3', 'live']);
  });

  it.each([
    ['too many messages', () => ({ count: 1_001, text: 'x' })],
    ['too much text', () => ({ count: 3, text: 'x'.repeat(400_000) })],
  ])('that does not read is cut off at %s', async (_name, flood) => {
    const { reader, ended } = read([]);
    await take(reader, 1);
    const { count, text } = flood();
    for (let n = 1; n < count; n++) reader.push(item(n, text));
    expect(reader.ended).toBeUndefined();
    reader.push(item(count, text));
    expect([reader.ended, await reader.next(), ended()]).toEqual(['slow_consumer', undefined, 1]);
  });

  it('that reads fast enough may be told any amount', async () => {
    const { reader } = read([]);
    await take(reader, 1);
    for (let n = 1; n < 5_000; n++) {
      reader.push(item(n, 'x'.repeat(1_000)));
      expect((await reader.next())?.id).toBe(n);
    }
  });

  it('that has not read for two pings is cut off at the third, one that waits for news never', async () => {
    const { reader } = read([]);
    await take(reader, 1);
    for (let n = 0; n < 5; n++) {
      const next = reader.next();
      reader.ping(PING);
      expect(await next).toBe(PING);
    }
    for (let n = 0; n < 2; n++) reader.ping(PING);
    expect(reader.ended).toBeUndefined();
    reader.ping(PING);
    expect(reader.ended).toBe('slow_consumer');
    const stuck = read([1]).reader;
    for (let n = 0; n < 3; n++) stuck.ping(PING);
    expect(stuck.ended).toBe('slow_consumer');
  });

  it('gets what happened before the bridge closes, and nothing after', async () => {
    const { reader, ended } = read([]);
    await take(reader, 1);
    reader.push(item(1));
    reader.end('going_away');
    reader.push(item(2));
    expect([ended(), await take(reader, 2), reader.ended, ended()]).toEqual([
      0,
      ['event 1', undefined],
      'going_away',
      1,
    ]);
  });

  it('that is waiting is told of the end', async () => {
    const { reader } = read([]);
    await take(reader, 1);
    const next = reader.next();
    reader.end('left');
    reader.end('slow_consumer');
    expect([await next, reader.ended]).toEqual([undefined, 'left']);
  });
});
