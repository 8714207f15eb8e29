import { ENDPOINTS, signalingPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask, outcome } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { bearer, invite, pair, redeem } from '../../testing/pair.ts';

const [ANN, BOB] = [bearer('ann'), bearer('bob')];

async function start() {
  const clock = new ManualClock();
  const authorize = (request: Request) => {
    const subject = request.headers.get('authorization')?.replace('Bearer ', '');
    return subject !== undefined && ({ subject, conversations: 'any' } as const);
  };
  const bridge = createTestBridge({ authorize }, { clock });
  const isGood = async ({ credential }: { credential: string }) =>
    (await ask(bridge, ENDPOINTS.config, bearer(credential))).status === 200;
  return { bridge, clock, isGood };
}

describe('the phones of a bridge, for the application', () => {
  it('are listed: all, those of a conversation, of whoever invited, and one by its peer id', async () => {
    const { bridge, clock } = await start();
    await pair(bridge, { confirm: true }, ANN);
    await pair(bridge, { conversation_id: 'cellar', peer_id: 'mobile-3' }, BOB);
    await clock.advanceAsync(1_000);
    await invite(bridge, {}, ANN);
    const phone = { state: 'accepted', name: 'Ann’s phone', expiresInMs: 14_399_000 };
    const anns = { ...phone, conversationId: 'kitchen', peerId: 'mobile', state: 'waiting', subject: 'ann' };
    const bobs = { ...phone, conversationId: 'cellar', peerId: 'mobile-3', subject: 'bob' };
    const invited = { ...anns, peerId: 'mobile-2', state: 'invited', name: null, expiresInMs: 120_000 };
    const { phones } = bridge;
    expect(phones.list()).toEqual([anns, bobs, invited]);
    expect(phones.list({ conversationId: 'kitchen' })).toEqual([anns, invited]);
    expect(phones.list({ subject: 'bob' })).toEqual([bobs]);
    expect(phones.list({ conversationId: 'kitchen', peerId: 'mobile' })).toEqual([anns]);
    expect(phones.list({ conversationId: 'kitchen', subject: 'bob' })).toEqual([]);
  });

  it('are revoked by whoever invited them: credentials, invitations and what goes on by them end at once; others stay', async () => {
    const { bridge, isGood } = await start();
    const [one, two] = [await pair(bridge, {}, ANN), await pair(bridge, { conversation_id: 'attic' }, ANN)];
    const bobs = await pair(bridge, { conversation_id: 'cellar' }, BOB);
    const { token } = await invite(bridge, {}, ANN);
    const { body } = await ask(bridge, signalingPath('kitchen', 'mobile'), bearer(one.credential));
    const heard = new Response(body).text();
    expect(bridge.phones.revoke({ subject: 'ann' })).toBe(3);
    expect(await heard).toContain('"state":"removed"');
    expect(await Promise.all([one, two, bobs].map(isGood))).toEqual([false, false, true]);
    expect(await outcome(redeem(bridge, { token }))).toEqual([410, 'pairing_expired']);
    expect(bridge.phones.revoke({ subject: 'ann' })).toBe(0);
    expect(bridge.phones.list().map(({ subject }) => subject)).toEqual(['bob']);
  });

  it('are revoked by conversation, and by peer id', async () => {
    const { bridge, isGood } = await start();
    const phones = [await pair(bridge, {}, ANN), await pair(bridge, {}, ANN), await pair(bridge, {}, ANN)];
    expect(bridge.phones.revoke({ conversationId: 'kitchen', peerId: 'mobile-2' })).toBe(1);
    expect(await Promise.all(phones.map(isGood))).toEqual([true, false, true]);
    expect(bridge.phones.revoke({ conversationId: 'cellar' })).toBe(0);
    expect(bridge.phones.revoke({ conversationId: 'kitchen' })).toBe(2);
    expect(await Promise.all(phones.map(isGood))).toEqual([false, false, false]);
  });

  it('are nobody’s on an open bridge', async () => {
    const bridge = createTestBridge({ authorize: 'open' });
    await pair(bridge);
    expect(bridge.phones.list()).toMatchObject([{ subject: null }]);
    expect(bridge.phones.revoke({ subject: 'anonymous' })).toBe(0);
    expect(bridge.phones.revoke({ conversationId: 'kitchen' })).toBe(1);
  });

  it.each([
    ['says nothing', {}],
    ['says undefined, as of somebody who is not there', { subject: undefined }],
    ['says undefined beside something', { conversationId: 'kitchen', subject: undefined }],
    ['says something else', { inviter: 'ann' }],
    ['names no phone', { peerId: 'desktop' }],
    ['is a name', 'ann'],
    ['is nothing', null],
  ])('are not revoked by a filter that %s', async (_name, filter) => {
    const { bridge, isGood } = await start();
    const phone = await pair(bridge, {}, ANN);
    expect(() => Reflect.apply(bridge.phones.revoke, bridge.phones, [filter])).toThrow(TypeError);
    expect(await isGood(phone)).toBe(true);
  });
});
