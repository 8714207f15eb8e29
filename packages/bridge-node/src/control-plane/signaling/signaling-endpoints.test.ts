import { once } from 'node:events';
import { MAX_SIGNALING_LENGTH, phonePath, signalingPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { VoiceBridgeOptions } from '../../options.ts';
import { ask, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { listen } from '../http/listen.ts';
import type { BridgeDoors } from '../voice-bridge-interface.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const OFFER = '{"type":"offer",\n "sdp":"v=0"}';
const peer = (peerId: string, state: string) => JSON.stringify({ type: 'peer', peer_id: peerId, state });

describe('signaling over POST and server-sent events', () => {
  it('[S-0.5] tells a desktop on a WebSocket and a phone without one the same', async () => {
    const { url, listenAs, say } = await start();
    const socket = new WebSocket(`${url.replace('http', 'ws')}${signalingPath('kitchen', 'desktop')}`);
    cleanups.push(() => socket.terminate());
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));
    await once(socket, 'open');
    socket.send(OFFER);
    const phone = await listenAs('mobile');
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined'), OFFER]);
    expect((await say('mobile', '{"type":"answer", "sdp":"v=1"}')).status).toBe(204);
    await expect.poll(() => heard.at(-1)).toBe('{"type":"answer", "sdp":"v=1"}');
    phone.stop();
    await expect.poll(() => heard.at(-1)).toBe(peer('mobile', 'left'));
  });

  it('says on the stream why a message was not passed on', async () => {
    const { listenAs, say } = await start();
    const desktop = await listenAs('desktop');
    expect((await say('desktop', '{"type":"register"}')).status).toBe(204);
    await expect.poll(() => desktop.messages.at(-1)).toContain('"code":"invalid_message"');
  });

  it('ends the stream of a peer that was replaced, after telling it', async () => {
    const { listenAs, say } = await start();
    const first = await listenAs('mobile');
    const second = await listenAs('mobile');
    await first.ended;
    expect(first.messages).toEqual([peer('mobile', 'replaced')]);
    expect((await say('mobile', '{}')).status).toBe(204);
    await expect.poll(() => second.messages).toHaveLength(1);
  });

  it('takes a POST only from who listens', async () => {
    const authorize = (request: Request) => ({
      subject: request.headers.get('authorization') ?? '',
      conversations: ['kitchen'],
    });
    const { listenAs, say } = await start({ authorize });
    expect((await say('desktop', OFFER)).status).toBe(404);
    await listenAs('desktop', 'Bearer ann');
    expect((await say('desktop', OFFER, 'Bearer bob')).status).toBe(403);
    expect((await say('desktop', OFFER, 'Bearer ann')).status).toBe(204);
  });

  it('ends when the listener may not listen any more', async () => {
    const known = new Set(['Bearer ann']);
    const authorize = (request: Request) => {
      const subject = request.headers.get('authorization') ?? '';
      return known.has(subject) && ({ subject, conversations: 'any' } as const);
    };
    const { clock, listenAs } = await start({ authorize });
    const { ended, messages } = await listenAs('desktop', 'Bearer ann');
    known.clear();
    await clock.advanceAsync(60_000);
    await ended;
    expect(messages).toEqual([expect.stringMatching(/^{"type":"error","code":"unauthorized","message":/)]);
  });

  it.each([
    ['the client, by going', async ({ abort }: { abort: AbortController }) => abort.abort()],
    ['the client, by reading no more', async ({ reader }: { reader: { cancel(): Promise<void> } }) => reader.cancel()],
    [
      'the desktop',
      async ({ bridge }: { bridge: BridgeDoors }) => {
        await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'DELETE' });
      },
    ],
  ])('leaves nothing behind when %s ends it: no timer, no peer, nothing that counts', async (_name, end) => {
    const clock = new ManualClock();
    const authorize = () => ({ subject: 'ann', conversations: 'any' }) as const;
    const bridge = createTestBridge({ authorize, limits: { connectionsPerSubject: 1 } }, { clock });
    const hear = (abort = new AbortController()) =>
      ask(bridge, signalingPath('kitchen', 'mobile'), { signal: abort.signal });
    const abort = new AbortController();
    const { body } = await hear(abort);
    const reader = (body ?? new ReadableStream()).getReader();
    expect([(await hear()).status, clock.pending > 0]).toEqual([429, true]);
    await end({ abort, reader, bridge });
    expect(clock.pending).toBe(0);
    const said = await post(bridge, signalingPath('kitchen', 'mobile'), { type: 'answer', sdp: 'v=0' });
    expect([said.status, (await hear()).status]).toEqual([404, 200]);
  });

  it('ends for who reads too slowly, whom the others are told to have left', async () => {
    const { bridge, clock } = await start();
    const slow = await ask(bridge, signalingPath('kitchen', 'mobile'));
    const { body } = await ask(bridge, signalingPath('kitchen', 'desktop'));
    const desktop: string[] = [];
    const ended = readEvents(body ?? new ReadableStream(), desktop);
    for (let n = 0; n < 6; n++) {
      const offer = { type: 'offer', sdp: 'v'.repeat(60_000) };
      expect((await post(bridge, signalingPath('kitchen', 'desktop'), offer)).status).toBe(204);
    }
    await expect.poll(() => desktop.at(-1)).toBe(peer('mobile', 'left'));
    await slow.body?.cancel();
    await bridge.close();
    await ended;
    expect(clock.pending).toBe(0);
  });

  it('refuses other peers, long messages and too many', async () => {
    const { url, bridge, listenAs, say } = await start();
    expect((await fetch(`${url}/api/realtime/webrtc-signal/kitchen/phone`)).status).toBe(400);
    await listenAs('desktop');
    expect((await say('desktop', OFFER.padEnd(MAX_SIGNALING_LENGTH + 1))).status).toBe(413);
    const codes = new Set<number>();
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    for (let n = 0; n < 401; n++) codes.add((await ask(bridge, signalingPath('kitchen', 'desktop'), post)).status);
    expect([...codes]).toEqual([204, 429]);
  });

  it('leaves nothing running for a peer that is one too many', async () => {
    const { bridge, clock, listenAs } = await start({ limits: { webSockets: 1 } });
    await listenAs('desktop');
    const before = clock.pending;
    expect((await ask(bridge, signalingPath('kitchen', 'mobile'))).status).toBe(429);
    expect(clock.pending).toBe(before);
  });

  it('ends with the bridge', async () => {
    const { bridge, listenAs } = await start();
    const { ended } = await listenAs('desktop');
    await bridge.close();
    await ended;
  });
});

async function start(options: VoiceBridgeOptions = {}) {
  const clock = new ManualClock();
  const bridge = createTestBridge({ authorize: 'open', ...options }, { host: new FakeSessionHost(), clock });
  const { port, close } = await listen(bridge, { port: 0 });
  cleanups.push(close);
  const url = `http://127.0.0.1:${port}`;
  const listenAs = async (name: 'desktop' | 'mobile', authorization = 'Bearer x') => {
    const abort = new AbortController();
    cleanups.push(() => abort.abort());
    const request = { headers: { authorization }, signal: abort.signal };
    const { body } = await fetch(`${url}${signalingPath('kitchen', name)}`, request);
    const messages: string[] = [];
    const ended = readEvents(body ?? new ReadableStream(), messages);
    return { messages, ended, stop: () => abort.abort() };
  };
  const say = (name: 'desktop' | 'mobile', body: string, authorization = 'Bearer x') =>
    fetch(`${url}${signalingPath('kitchen', name)}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
    });
  return { url, clock, bridge, listenAs, say };
}

/** Reads events until the stream ends, as EventSource does. */
async function readEvents(body: ReadableStream<Uint8Array>, messages: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const piece of body) {
      text += decoder.decode(piece, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const lines = event.split('\n').filter((line) => line.startsWith('data: '));
        if (lines.length > 0) messages.push(lines.map((line) => line.slice('data: '.length)).join('\n'));
      }
    }
  } catch {
    // The test let go of it.
  }
}
