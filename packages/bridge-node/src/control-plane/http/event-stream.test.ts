import { eventsPath, FEED_PING_MS, type FeedEvent, parseFeedEvent } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { VoiceBridgeOptions } from '../../options.ts';
import { type Ask, ask, closeBridge, openBridge, outcome } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { BridgeDoors } from '../voice-bridge-interface.ts';
import type { Identity } from './identity.ts';
import { REAUTHORIZE_MS } from './reauthorize.ts';

function start(options: VoiceBridgeOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const store = new MemoryStore({ firstId: () => 1 });
  const bridge = createTestBridge({ authorize: 'open', store, ...options }, { host, clock });
  const say = (id: string, text: string) =>
    host.last.emit({ type: 'transcript', entry: { id, role: 'user', text, state: 'final' }, after: null });
  return { clock, host, bridge, say };
}

/** A conversation's feed as SSE: `take` gives the next events. */
async function follow(doors: BridgeDoors, conversationId: string, options: Ask = {}, query = '') {
  const response = await ask(doors, `${eventsPath(conversationId)}${query}`, options);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const take = async (count: number): Promise<FeedEvent[]> => {
    const events: FeedEvent[] = [];
    while (events.length < count) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const parsed = parseFeedEvent(lines.find((line) => line.startsWith('data: '))?.slice(6) ?? '');
        if (!parsed.ok) throw new Error(parsed.problem);
        const id = 'id' in parsed.value ? parsed.value.id : undefined;
        expect(lines.find((line) => line.startsWith('id: '))).toBe(id === undefined ? undefined : `id: ${id}`);
        events.push(parsed.value);
        continue;
      }
      const piece = await reader?.read();
      if (piece?.value === undefined) break;
      text += piece.value;
    }
    return events;
  };
  return { response, take, leave: () => reader?.cancel() };
}

const types = (events: readonly FeedEvent[]) => events.map(({ type }) => type);
const texts = (events: readonly FeedEvent[]) =>
  events.flatMap((event) => (event.type === 'transcript' ? event.entry.text : []));

describe('events as a stream', () => {
  it('[S-2.9] tell what is kept, how it is now, and then what happens', async () => {
    const { bridge, host, say, clock } = start();
    await openBridge(bridge, 'c');
    const { sessionId } = host.last.options;
    const participantId = host.last.told('join')[0]?.participantId ?? '';
    say('q', 'hello');
    host.last.emit({
      type: 'transcript',
      entry: { id: 'a', role: 'assistant', text: 'Goo', state: 'partial' },
      after: 'q',
    });
    host.last.emit({ type: 'assistantChanged', state: 'speaking' });
    clock.advance(50);
    const { take, response } = await follow(bridge, 'c');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const participant = { participant_id: participantId, name: null, role: 'speaker', transport: 'webrtc' } as const;
    expect(await take(6)).toEqual([
      { type: 'session_opened', id: 1, at: 0, session_id: sessionId },
      { type: 'participant_joined', id: 2, at: 0, session_id: sessionId, ...participant },
      {
        type: 'transcript',
        id: 3,
        at: 0,
        session_id: sessionId,
        entry: { id: 'q', role: 'user', text: 'hello', state: 'final' },
        after: null,
      },
      {
        type: 'live',
        at: 50,
        session: {
          session_id: sessionId,
          conversation_id: 'c',
          state: 'open',
          since: 0,
          participants: [{ ...participant, muted: false, gain: 1 }],
        },
      },
      { type: 'assistant', at: 50, session_id: sessionId, state: 'speaking' },
      {
        type: 'transcript',
        at: 50,
        session_id: sessionId,
        entry: { id: 'a', role: 'assistant', text: 'Goo', state: 'partial' },
        after: 'q',
      },
    ]);
    host.last.emit({ type: 'transcriptDelta', id: 'a', delta: 'd day.' });
    host.last.emit({ type: 'participantChanged', participantId, muted: true, gain: 1, role: 'speaker' });
    host.last.emit({ type: 'speakers', active: participantId });
    host.last.emit({ type: 'warning', code: 'model_error', message: 'odd' });
    await clock.advanceAsync(0);
    await closeBridge(bridge, 'c');
    const at = { at: 50, session_id: sessionId };
    expect(await take(5)).toEqual([
      { type: 'transcript_delta', ...at, entry_id: 'a', delta: 'd day.' },
      { type: 'participant_changed', ...at, participant_id: participantId, muted: true, gain: 1, role: 'speaker' },
      { type: 'speaker', ...at, participant_id: participantId },
      { type: 'warning', id: 4, ...at, code: 'model_error', message: 'odd' },
      { type: 'session_closed', id: 5, ...at, reason: 'stopped', code: 'session_closed' },
    ]);
  });

  it('may be followed before there is a session, and over several', async () => {
    const { bridge } = start();
    const { take } = await follow(bridge, 'c');
    expect(await take(1)).toEqual([{ type: 'live', at: 0, session: null }]);
    await openBridge(bridge, 'c');
    await openBridge(bridge, 'c');
    expect(types(await take(5))).toEqual([
      'session_opened',
      'participant_joined',
      'session_closed',
      'session_opened',
      'participant_joined',
    ]);
  });

  it('[S-2.9] go on after the last one a client has: by header, by query, the header first', async () => {
    const { bridge, say } = start();
    await openBridge(bridge, 'c');
    for (const text of ['one', 'two', 'three']) say(text, text);
    const told = (options: Ask, query: string, count: number) =>
      follow(bridge, 'c', options, query).then(async ({ take }) => texts(await take(count)));
    expect(await told({}, '?after=3', 2)).toEqual(['two', 'three']);
    expect(await told({ headers: { 'last-event-id': '4' } }, '?after=1', 1)).toEqual(['three']);
    expect(await outcome(ask(bridge, `${eventsPath('c')}?after=x`))).toEqual([400, 'invalid_request']);
  });

  it('show a tool call running, and what came of it', async () => {
    const { bridge, host, clock } = start();
    await openBridge(bridge, 'c');
    const { take } = await follow(bridge, 'c', {}, '?after=2');
    await take(2);
    host.last.emit({ type: 'toolCall', callId: 'call_1', name: 'nothing', arguments: '{}' });
    await clock.advanceAsync(0);
    const calls = (await take(2)).flatMap((event) => (event.type === 'tool_call' ? event.tool_call : []));
    expect(calls).toMatchObject([
      { call_id: 'call_1', name: 'nothing', arguments: '{}', state: 'running' },
      { call_id: 'call_1', state: 'failed', result: expect.stringContaining('tool_unknown') },
    ]);
  });

  it('say that the feed is alive every 15 s', async () => {
    const { bridge, clock } = start();
    const { take, leave } = await follow(bridge, 'c');
    await take(1);
    const next = take(1);
    await clock.advanceAsync(FEED_PING_MS);
    expect(await next).toEqual([{ type: 'ping', at: FEED_PING_MS }]);
    await leave();
    expect(clock.pending).toBe(0);
  });

  it('are kept without an id when the store fails', async () => {
    const failing = async () => {
      throw new TypeError('disk is full');
    };
    const store = { append: failing, read: failing, readAfter: failing, delete: failing, close: failing };
    const { bridge } = start({ store });
    const { take } = await follow(bridge, 'c');
    await take(1);
    await openBridge(bridge, 'c');
    expect(await take(1)).toEqual([{ type: 'session_opened', at: 0, session_id: expect.any(String) }]);
  });

  it('end when the client goes, and leave nothing behind', async () => {
    const { bridge, clock } = start();
    const abort = new AbortController();
    const { take } = await follow(bridge, 'c', { signal: abort.signal });
    await take(1);
    abort.abort();
    expect([await take(1), clock.pending]).toEqual([[], 0]);
  });

  it('answer HEAD without following', async () => {
    const { bridge, clock } = start();
    const response = await ask(bridge, eventsPath('c'), { method: 'HEAD' });
    expect([response.status, response.body, clock.pending]).toEqual([200, null, 0]);
  });
});

describe('who may follow', () => {
  const people: Record<string, Identity> = {
    ann: { subject: 'ann', conversations: ['c'] },
    bob: { subject: 'bob', conversations: ['b'] },
    typist: { subject: 'typist', conversations: 'any', scopes: ['text'] },
    reader: { subject: 'reader', conversations: 'any', scopes: ['read'] },
  };
  const as = (name: string): Ask => ({ headers: { authorization: name } });

  it('is who may touch the conversation and may read or join', async () => {
    const { bridge } = start({ authorize: (request) => people[request.headers.get('authorization') ?? ''] });
    expect(await outcome(ask(bridge, eventsPath('c')))).toEqual([401, 'unauthorized']);
    expect(await outcome(ask(bridge, eventsPath('c'), as('bob')))).toEqual([404, 'not_found']);
    expect(await outcome(ask(bridge, eventsPath('c'), as('typist')))).toEqual([403, 'forbidden']);
    for (const name of ['ann', 'reader']) {
      const { response, leave } = await follow(bridge, 'c', as(name));
      expect(response.status).toBe(200);
      await leave();
    }
  });

  it('is asked for again every minute', async () => {
    const known = new Map(Object.entries(people));
    const { bridge, clock } = start({ authorize: (request) => known.get(request.headers.get('authorization') ?? '') });
    const { take } = await follow(bridge, 'c', as('ann'));
    await take(1);
    const rest = take(100);
    await clock.advanceAsync(REAUTHORIZE_MS);
    known.delete('ann');
    await clock.advanceAsync(REAUTHORIZE_MS);
    expect(new Set(types(await rest))).toEqual(new Set(['ping']));
    expect(clock.pending).toBe(0);
  });

  it('does so no more than so often in a minute', async () => {
    const { bridge, clock } = start({ limits: { feedsPerConversation: 2, followsPerMinute: 60 } });
    for (let n = 0; n < 12; n++) await (await follow(bridge, 'c')).leave();
    expect(await outcome(ask(bridge, eventsPath('c')))).toEqual([429, 'rate_limited']);
    await clock.advanceAsync(1_000);
    expect((await follow(bridge, 'c')).response.status).toBe(200);
  });

  it('follows nothing under a name that no conversation can have', async () => {
    const { bridge } = start();
    expect(await outcome(ask(bridge, eventsPath('a b')))).toEqual([404, 'not_found']);
  });

  it('is no more than so many at once', async () => {
    const { bridge } = start({ limits: { feeds: 3, feedsPerConversation: 2 } });
    const { leave } = await follow(bridge, 'c');
    await follow(bridge, 'c');
    expect(await outcome(ask(bridge, eventsPath('c')))).toEqual([429, 'rate_limited']);
    await follow(bridge, 'd');
    expect(await outcome(ask(bridge, eventsPath('e')))).toEqual([429, 'rate_limited']);
    await leave();
    expect((await follow(bridge, 'e')).response.status).toBe(200);
  });
});
