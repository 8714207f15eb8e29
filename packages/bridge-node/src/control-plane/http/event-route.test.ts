import { once } from 'node:events';
import { CLOSE_CODES, eventsPath, type FeedEvent, parseFeedEvent } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { VoiceBridgeOptions } from '../../options.ts';
import { openBridge } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { type ListeningServer, listen } from './listen.ts';

const servers: ListeningServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function startListening(options: VoiceBridgeOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const store = new MemoryStore({ firstId: () => 1 });
  const bridge = createTestBridge({ authorize: 'open', store, ...options }, { host, clock });
  const say = (id: string, text: string) =>
    host.last.emit({ type: 'transcript', entry: { id, role: 'user', text, state: 'final' }, after: null });
  const server = await listen(bridge, { port: 0 });
  servers.push(server);
  return { clock, host, bridge, say, url: `ws://127.0.0.1:${server.port}`, server };
}

const types = (events: readonly FeedEvent[]) => events.map(({ type }) => type);
const texts = (events: readonly FeedEvent[]) =>
  events.flatMap((event) => (event.type === 'transcript' ? event.entry.text : []));

function dial(url: string, protocols: string[] = []) {
  const client = new WebSocket(url, protocols);
  const messages: FeedEvent[] = [];
  client.on('message', (data) => {
    const parsed = parseFeedEvent(String(data));
    if (parsed.ok) messages.push(parsed.value);
  });
  client.on('error', () => {});
  const closed = new Promise<number>((resolve) => client.on('close', (code) => resolve(code)));
  return { client, messages, closed };
}

describe('events over a WebSocket', () => {
  it('[S-2.9] tell the same as the stream, from what the first message says', async () => {
    const { bridge, url, say } = await startListening();
    await openBridge(bridge, 'c');
    say('q', 'hello');
    const all = dial(`${url}${eventsPath('c')}`, ['voice-bridge.v1']);
    await once(all.client, 'open');
    all.client.send('{"type":"resume"}');
    await expect
      .poll(() => types(all.messages))
      .toEqual(['session_opened', 'participant_joined', 'transcript', 'live', 'assistant']);
    const rest = dial(`${url}${eventsPath('c')}`);
    await once(rest.client, 'open');
    rest.client.send('{"type":"resume","after":2}');
    await expect.poll(() => types(rest.messages)).toEqual(['transcript', 'live', 'assistant']);
    say('r', 'again');
    await expect
      .poll(() => [texts(all.messages), texts(rest.messages)])
      .toEqual([
        ['hello', 'again'],
        ['hello', 'again'],
      ]);
    for (const { client } of [all, rest]) client.close();
  });

  it('begin at once after what the URL says', async () => {
    const { bridge, url, say } = await startListening();
    await openBridge(bridge, 'c');
    say('q', 'hello');
    const { client, messages } = dial(`${url}${eventsPath('c')}?after=2`);
    await expect.poll(() => texts(messages)).toEqual(['hello']);
    client.close();
  });

  it.each([
    ['a first message that is none', 'hello'],
    ['a first message of another kind', '{"type":"offer"}'],
  ])('end with 4422 for %s', async (_name, message) => {
    const { url } = await startListening();
    const { client, closed } = dial(`${url}${eventsPath('c')}`);
    await once(client, 'open');
    client.send(message);
    expect(await closed).toBe(CLOSE_CODES.invalid_message);
  });

  it('end with 4422 when the client says nothing for 10 s, or something after it was asked', async () => {
    const { url, clock } = await startListening();
    const silent = dial(`${url}${eventsPath('c')}`);
    await once(silent.client, 'open');
    await clock.advanceAsync(10_000);
    expect(await silent.closed).toBe(CLOSE_CODES.invalid_message);
    const chatty = dial(`${url}${eventsPath('c')}?after=0`);
    await once(chatty.client, 'message');
    chatty.client.send('{"type":"resume"}');
    expect(await chatty.closed).toBe(CLOSE_CODES.invalid_message);
  });

  it('end with 1013 for a client that does not read', async () => {
    const { bridge, host, url } = await startListening();
    await openBridge(bridge, 'c');
    const { client, messages, closed } = dial(`${url}${eventsPath('c')}?after=0`);
    await expect.poll(() => types(messages)).toContain('live');
    client.pause();
    for (let n = 0; n < 1_200; n++) {
      host.last.emit({ type: 'transcriptDelta', id: 'a', delta: 'x'.repeat(10_000) });
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    client.resume();
    expect(await closed).toBe(CLOSE_CODES.slow_consumer);
  });

  it('end with 4404 for a conversation that is not yours', async () => {
    const authorize = () => ({ subject: 'ann', conversations: ['c'] });
    const { url } = await startListening({ authorize });
    expect(await dial(`${url}${eventsPath('b')}?after=0`).closed).toBe(CLOSE_CODES.not_found);
  });

  it('tell of the end of the session and end with 1001 when the bridge closes; the server ends with them', async () => {
    const { bridge, url, server } = await startListening();
    await openBridge(bridge, 'c');
    const { messages, closed } = dial(`${url}${eventsPath('c')}?after=0`);
    await expect.poll(() => types(messages)).toContain('live');
    await bridge.close();
    expect(await closed).toBe(CLOSE_CODES.going_away);
    expect(types(messages).at(-1)).toBe('session_closed');
    await server.close();
  });
});
