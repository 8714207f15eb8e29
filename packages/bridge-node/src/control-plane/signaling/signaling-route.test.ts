import { once } from 'node:events';
import { CLOSE_CODES, ENDPOINTS, MAX_SIGNALING_LENGTH } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { VoiceBridgeOptions } from '../../options.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { listen } from '../http/listen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const OFFER = '{"type":"offer", "sdp":"v=0"}';
const CANDIDATE = '{"type":"candidate","candidate":{"candidate":"candidate:1","sdpMLineIndex":0,"sdpMid":"0"}}';
const peer = (peerId: string, state: string) => JSON.stringify({ type: 'peer', peer_id: peerId, state });

describe('signaling over WebSockets', () => {
  it('[S-0.5][S-0.34] passes offer, answer and candidates byte for byte between a desktop and its phone', async () => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    const phone = await dial('kitchen/mobile');
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined')]);
    desktop.socket.send(OFFER);
    desktop.socket.send(CANDIDATE);
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined'), OFFER, CANDIDATE]);
    phone.socket.send('{"sdp":"v=1","type":"answer"}');
    await expect.poll(() => desktop.messages.at(-1)).toBe('{"sdp":"v=1","type":"answer"}');
  });

  it('[S-0.26] keeps an offer for a phone that comes later', async () => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    desktop.socket.send(OFFER);
    // The error comes back when the offer is already there.
    desktop.socket.send('?');
    await expect.poll(() => desktop.messages).toHaveLength(1);
    const phone = await dial('kitchen/mobile');
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined'), OFFER]);
  });

  it('[S-0.49] tells the desktop which further phone speaks', async () => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    const phone = await dial('kitchen/mobile-8');
    phone.socket.send(CANDIDATE);
    await expect.poll(() => desktop.messages.at(-1)).toBe(`{"from":"mobile-8",${CANDIDATE.slice(1)}`);
  });

  it('[S-0.12] keeps conversations apart', async () => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    const other = await dial('cellar/mobile');
    const phone = await dial('kitchen/mobile');
    desktop.socket.send(OFFER);
    await expect.poll(() => phone.messages.at(-1)).toBe(OFFER);
    expect(other.messages).toEqual([]);
  });

  it.each(['phone', 'mobile-1', 'mobile-9', 'Desktop'])('[S-0.6] closes with 4400 for the peer %s', async (name) => {
    const { dial } = await start();
    const { closed } = await dial(`kitchen/${name}`);
    expect(await closed).toEqual([4400, 'Invalid peer_id']);
  });

  it('[S-0.11] tells of a phone that is gone, and lets it come back', async () => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    const phone = await dial('kitchen/mobile');
    await expect.poll(() => desktop.messages).toHaveLength(1);
    phone.socket.terminate();
    await expect.poll(() => desktop.messages.at(-1)).toBe(peer('mobile', 'left'));
    await dial('kitchen/mobile');
    await expect.poll(() => desktop.messages.at(-1)).toBe(peer('mobile', 'joined'));
  });

  it('tells a peer that another connection replaced it, and closes it with 4409', async () => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    const phone = await dial('kitchen/mobile');
    await expect.poll(() => desktop.messages).toHaveLength(1);
    const next = await dial('kitchen/mobile');
    expect((await phone.closed)[0]).toBe(CLOSE_CODES.replaced);
    expect(phone.messages.at(-1)).toBe(peer('mobile', 'replaced'));
    await expect.poll(() => desktop.messages.slice(1)).toEqual([peer('mobile', 'replaced'), peer('mobile', 'joined')]);
    desktop.socket.send(OFFER);
    await expect.poll(() => next.messages.at(-1)).toBe(OFFER);
  });

  it.each([
    ['no JSON', 'hello'],
    ['an unknown type', '{"type":"register","peer":"mobile"}'],
    ['bytes', new TextEncoder().encode(OFFER)],
  ])('answers %s with an error and passes nothing on; the connection stays', async (_name, message) => {
    const { dial } = await start();
    const desktop = await dial('kitchen/desktop');
    const phone = await dial('kitchen/mobile');
    await expect.poll(() => desktop.messages).toHaveLength(1);
    desktop.socket.send(message);
    desktop.socket.send(OFFER);
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined'), OFFER]);
    expect(desktop.messages.at(-1)).toContain('"code":"invalid_message"');
  });

  it('closes with 1009 for a message of more than 64 kB', async () => {
    const { dial } = await start();
    const { socket, closed } = await dial('kitchen/desktop');
    socket.send(OFFER.padEnd(MAX_SIGNALING_LENGTH + 1));
    expect((await closed)[0]).toBe(1009);
  });

  it('is for who may join the conversation', async () => {
    const authorize = (request: Request) => {
      const name = request.headers.get('authorization');
      if (name === 'Bearer reader') return { subject: 'r', conversations: 'any', scopes: ['read'] } as const;
      return name === null ? undefined : { subject: 'a', conversations: ['kitchen'] };
    };
    const { dial } = await start({ authorize });
    const token = (name: string) => ['voice-bridge.v1', `voice-bridge.token.${name}`];
    const codeOf = async (path: string, protocols: string[]) => (await (await dial(path, protocols)).closed)[0];
    expect(await codeOf('kitchen/mobile', [])).toBe(CLOSE_CODES.unauthorized);
    expect(await codeOf('kitchen/mobile', token('reader'))).toBe(CLOSE_CODES.forbidden);
    expect(await codeOf('cellar/mobile', token('ann'))).toBe(CLOSE_CODES.not_found);
    const desktop = await dial('kitchen/desktop', token('ann'));
    await dial('kitchen/mobile', token('ann'));
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined')]);
  });
});

describe('the audio relay of earlier systems', () => {
  const path = '/api/realtime/audio-relay/kitchen/mobile';

  it('[S-0.41] answers 410 with a hint, to a request and to a WebSocket', async () => {
    const { port } = await start();
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(response.status).toBe(410);
    expect(await response.json()).toMatchObject({
      error: { code: 'gone', hint: expect.stringContaining(ENDPOINTS.signaling) },
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('410');
  });
});

async function start(options: VoiceBridgeOptions = {}) {
  const bridge = createTestBridge(
    { authorize: 'open', ...options },
    { host: new FakeSessionHost(), clock: new ManualClock() },
  );
  const { port, close } = await listen(bridge, { port: 0 });
  cleanups.push(close);
  const dial = async (path: string, protocols: string[] = []) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${ENDPOINTS.signaling}/${path}`, protocols);
    cleanups.push(() => socket.terminate());
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(String(data)));
    socket.on('error', () => {});
    const closed = new Promise<[number, string]>((resolve) => {
      socket.on('close', (code, reason) => resolve([code, String(reason)]));
    });
    await once(socket, 'open');
    return { socket, messages, closed };
  };
  return { port, dial };
}
