import { once } from 'node:events';
import { CLOSE_CODES, type PeerId, PHONE_IDS, phonePath, signalingPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { VoiceBridgeOptions } from '../../options.ts';
import { ask, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { bearer, invite, pair, redeem } from '../../testing/pair.ts';
import type { Scope } from '../http/identity.ts';
import { listen } from '../http/listen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const OFFER = '{"type":"offer", "sdp":"v=0"}';
const peer = (peerId: string, state: string) => JSON.stringify({ type: 'peer', peer_id: peerId, state });

describe('the desktop of a conversation', () => {
  it.each([
    ['while its session is Ann’s', 'kitchen', { ann: 200, bob: 403, mod: 200, line: 403, chief: 200, reader: 403 }],
    ['while it has no session', 'attic', { ann: 200, bob: 200, mod: 200, line: 403, chief: 200, reader: 403 }],
  ])('is who leads it, %s', async (_name, conversationId, expected) => {
    const { statusOf } = await start();
    const found: Record<string, number> = {};
    for (const name of Object.keys(expected)) found[name] = await statusOf(name, 'desktop', conversationId);
    expect(found).toEqual(expected);
  });

  it('is whoever comes first and whoever comes next on a bridge that is open, as are its phones', async () => {
    const { bridge, statusOf } = await start({ authorize: 'open' });
    await openBridge(bridge, 'kitchen');
    for (const peerId of ['desktop', 'mobile', 'mobile-8', 'desktop'] as const) {
      expect(await statusOf('nobody', peerId)).toBe(200);
    }
  });

  it('is not taken from Ann by who only joins: refused with 4403, and she and her phone notice nothing', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial('desktop', 'ann');
    const phone = await dial('mobile', (await pair(bridge, {}, bearer('ann'))).credential);
    const bob = await dial('desktop', 'bob');
    expect((await bob.closed)[0]).toBe(CLOSE_CODES.forbidden);
    expect(bob.messages).toEqual([expect.stringContaining('"code":"forbidden"')]);
    phone.socket.send(OFFER);
    await expect.poll(() => desktop.messages).toEqual([peer('mobile', 'joined'), OFFER]);
    expect(phone.messages).toEqual([peer('desktop', 'joined')]);
    const again = await dial('desktop', 'mod');
    expect((await desktop.closed)[0]).toBe(CLOSE_CODES.replaced);
    await expect.poll(() => again.messages).toEqual([peer('mobile', 'joined')]);
  });

  it('says nothing by POST either without leading', async () => {
    const { bridge } = await start();
    const say = post(bridge, signalingPath('kitchen', 'desktop'), { type: 'offer', sdp: 'v=0' }, bearer('bob'));
    expect(await outcome(say)).toEqual([403, 'forbidden']);
  });

  it('ends with 4403 the moment somebody else opens a session there, and stays who may moderate; phones stay', async () => {
    const { bridge, dial } = await start();
    const desktop = await dial('desktop', 'bob', 'attic');
    const phone = await dial('mobile', 'bob', 'attic');
    const moderator = await dial('desktop', 'mod', 'cellar');
    await openBridge(bridge, 'attic', bearer('ann'));
    await openBridge(bridge, 'cellar', bearer('ann'));
    expect((await desktop.closed)[0]).toBe(CLOSE_CODES.forbidden);
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined'), peer('desktop', 'left')]);
    moderator.socket.send('?');
    await expect.poll(() => moderator.messages).toEqual([expect.stringContaining('invalid_message')]);
  });

  it('is asked for it again every minute: its part ends when it may not lead any more', async () => {
    const { clock, scopes, hear } = await start();
    const desktop = await hear('desktop', 'chief', 'attic');
    const phone = await hear('mobile', 'bob', 'attic');
    await clock.advanceAsync(60_000);
    expect(desktop.isOver()).toBe(false);
    scopes.chief = ['signal'];
    await clock.advanceAsync(60_000);
    await expect.poll(desktop.isOver).toBe(true);
    expect(phone.isOver()).toBe(false);
  });
});

describe('the peer id of a phone that was not paired', () => {
  it('is not taken from who has it by somebody else, who may be the next one; by the same one it is', async () => {
    const { hear, statusOf } = await start();
    const bobs = await hear('mobile', 'bob');
    for (const name of ['ann', 'mod', 'line']) expect(await statusOf(name, 'mobile')).toBe(403);
    expect([await statusOf('line', 'mobile-2'), bobs.isOver()]).toEqual([200, false]);
    expect(await statusOf('bob', 'mobile')).toBe(200);
    await expect.poll(bobs.isOver).toBe(true);
    expect(await statusOf('line', 'mobile')).toBe(200);
  });
});

describe('the peer id of a phone that was paired', () => {
  it.each([{}, { confirm: true }])('is that phone’s and nobody else’s, %j', async (wish) => {
    const { bridge, statusOf } = await start();
    const { credential } = await pair(bridge, { peer_id: 'mobile-2', ...wish }, bearer('ann'));
    for (const name of ['ann', 'bob', 'mod', 'line', 'chief']) expect(await statusOf(name, 'mobile-2')).toBe(403);
    expect(await statusOf(credential, 'mobile-2')).toBe(200);
    const say = post(bridge, signalingPath('kitchen', 'mobile-2'), {}, bearer('bob'));
    expect(await outcome(say)).toEqual([403, 'forbidden']);
    expect([await statusOf('bob', 'mobile'), await statusOf('line', 'mobile-3')]).toEqual([200, 200]);
    expect(await statusOf('bob', 'mobile-2', 'attic')).toBe(200);
  });

  it('is not taken from it on an open bridge either; it notices nothing', async () => {
    const { bridge, dial } = await start({ authorize: 'open' });
    const phone = await dial('mobile', (await pair(bridge)).credential);
    const other = await dial('mobile', 'whoever');
    expect((await other.closed)[0]).toBe(CLOSE_CODES.forbidden);
    expect(other.messages).toEqual([expect.stringContaining('paired')]);
    await dial('desktop', 'whoever');
    await expect.poll(() => phone.messages).toEqual([peer('desktop', 'joined')]);
  });

  it('is free again when it was removed, and when its credential ran out', async () => {
    const { bridge, clock, statusOf } = await start();
    await pair(bridge, { peer_id: 'mobile' }, bearer('ann'));
    await pair(bridge, { peer_id: 'mobile-2' }, bearer('ann'));
    await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'DELETE', ...bearer('ann') });
    expect([await statusOf('bob', 'mobile'), await statusOf('bob', 'mobile-2')]).toEqual([200, 403]);
    await clock.advanceAsync(4 * 3_600_000);
    expect(await statusOf('bob', 'mobile-2')).toBe(200);
  });

  it('is lost, the moment the phone is paired, by who had it before: told why, and it does not come back', async () => {
    const { bridge, dial, hear } = await start();
    const desktop = await dial('desktop', 'ann');
    const before = await dial('mobile', 'bob');
    const onStream = await hear('mobile-2', 'bob');
    await expect.poll(() => desktop.messages).toHaveLength(2);
    await pair(bridge, { peer_id: 'mobile' }, bearer('ann'));
    expect((await before.closed)[0]).toBe(CLOSE_CODES.forbidden);
    expect(before.messages.at(-1)).toContain('"code":"forbidden"');
    await pair(bridge, { peer_id: 'mobile-2' }, bearer('ann'));
    await expect.poll(onStream.isOver).toBe(true);
    expect(onStream.text()).toContain('data: {"type":"error","code":"forbidden"');
    // What goes straight to the desktop is to end, too.
    const told = (['mobile', 'mobile-2'] as const).flatMap((peerId) => [peer(peerId, 'left'), peer(peerId, 'removed')]);
    await expect.poll(() => desktop.messages.slice(2)).toEqual(told);
    expect(before.messages).not.toContain(peer('mobile', 'removed'));
    desktop.socket.send(OFFER);
    const again = await dial('mobile', 'bob');
    expect((await again.closed)[0]).toBe(CLOSE_CODES.forbidden);
  });

  it.each([
    ['on a bridge with names', {}, 'ann'],
    ['on an open bridge', { authorize: 'open' } as const, 'anybody'],
  ])(
    'is kept for who was invited, %s: nobody comes in between, who was there before stays until then',
    async (_name, options, desktop) => {
      const { bridge, clock, statusOf, hear } = await start(options);
      const there = await hear('mobile-3', 'bob');
      const { token } = await invite(bridge, { peer_id: 'mobile-2' }, bearer(desktop));
      const { token: second } = await invite(bridge, { peer_id: 'mobile-3' }, bearer(desktop));
      expect([await statusOf('bob', 'mobile-2'), await statusOf(desktop, 'mobile-2')]).toEqual([403, 403]);
      await clock.advanceAsync(60_000);
      expect(there.isOver()).toBe(false);
      await redeem(bridge, { token: second });
      await expect.poll(there.isOver).toBe(true);
      await clock.advanceAsync(60_000);
      expect([token.length, await statusOf('bob', 'mobile-2')]).toEqual([32, 200]);
    },
  );

  it('is found though somebody else signals as all of them: the phone that was invited goes first', async () => {
    const { bridge, hear, statusOf } = await start();
    const squatters = await Promise.all(PHONE_IDS.map((peerId) => hear(peerId, 'bob')));
    const { peer_id, credential } = await pair(bridge, {}, bearer('ann'));
    expect(peer_id).toBe('mobile');
    await expect.poll(() => squatters.map(({ isOver }) => isOver())).toEqual([true, ...Array(7).fill(false)]);
    expect(await statusOf(credential, 'mobile')).toBe(200);
  });
});

/** Ann and Bob may all but moderate, the others what their name says. */
const SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  mod: ['join', 'moderate'],
  line: ['signal'],
  chief: ['signal', 'moderate'],
  reader: ['read', 'moderate'],
};

/** A bridge that listens; with names, and then with a session of Ann's in `kitchen`. */
async function start(options: VoiceBridgeOptions = {}) {
  const clock = new ManualClock();
  const scopes: Record<string, readonly Scope[]> = { ...SCOPES };
  const authorize = (request: Request) => {
    const name = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const named = { subject: name, conversations: 'any' } as const;
    const own = scopes[name];
    return own === undefined ? named : { ...named, scopes: own };
  };
  const limits = { sessionMinutes: 600, idleMinutes: 600 };
  const bridge = createTestBridge({ authorize, limits, ...options }, { host: new FakeSessionHost(), clock });
  const { port, close } = await listen(bridge, { port: 0 });
  cleanups.push(close);
  if (options.authorize === undefined) await openBridge(bridge, 'kitchen', bearer('ann'));
  /** What asking for the stream of events is answered with. */
  const statusOf = async (token: string, peerId: PeerId, conversationId = 'kitchen') => {
    const { status, body } = await ask(bridge, signalingPath(conversationId, peerId), bearer(token));
    await body?.cancel();
    return status;
  };
  /** Hears the stream of events until it ends. */
  const hear = async (peerId: PeerId, token: string, conversationId = 'kitchen') => {
    const { body } = await ask(bridge, signalingPath(conversationId, peerId), bearer(token));
    const reader = (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    cleanups.push(() => reader.cancel());
    let isOver = false;
    let text = '';
    const readOn = async () => {
      while (!isOver) {
        const { done, value = '' } = await reader.read();
        isOver = done;
        text += value;
      }
    };
    void readOn();
    return { isOver: () => isOver, text: () => text };
  };
  const dial = async (peerId: PeerId, token: string, conversationId = 'kitchen') => {
    const url = `ws://127.0.0.1:${port}${signalingPath(conversationId, peerId)}`;
    const socket = new WebSocket(url, ['voice-bridge.v1', `voice-bridge.token.${token}`]);
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
  return { bridge, clock, scopes, statusOf, hear, dial };
}
