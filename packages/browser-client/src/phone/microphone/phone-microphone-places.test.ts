import { PHONE_IDS } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';

describe('a phone that leaves', () => {
  it('gives its place back with its own credential: nobody else has it, and the desktop sees it gone', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    await phone.leave();
    expect(host.paired).toEqual(['redeem null', 'DELETE mobile Bearer vbphone.1']);
    expect(phone.getSnapshot()).toMatchObject({ state: 'closed', error: null });
    await phone.leave();
    expect(host.paired).toHaveLength(2);
  });

  it('is gone at once, and waits no longer than 2 s for a bridge that does not answer', async () => {
    const { phone, host, connect, wait } = setUpPhone();
    await connect();
    host.refusal = 'silent';
    let left = false;
    const leaving = phone.leave().then(() => {
      left = true;
    });
    expect(phone.getSnapshot().state).toBe('closed');
    expect(phone.hasStored()).toBe(false);
    await settle();
    await wait(1_999);
    expect(left).toBe(false);
    await wait(1);
    await leaving;
  });

  it('does not mind a bridge that cannot be reached', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    host.refusal = 'unreachable';
    await phone.leave();
    expect(phone.getSnapshot()).toMatchObject({ state: 'closed', error: null });
  });
});

describe('a phone that leaves in a bad moment', () => {
  it('after it failed: its place is free, and its credential forgotten', async () => {
    const { phone, host, connect, wait } = setUpPhone();
    await connect();
    host.signaling.reachable = false;
    host.signaling.drop('mobile', 4403);
    await wait(1);
    expect(phone.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'forbidden' } });
    expect(phone.hasStored()).toBe(true);
    await phone.leave();
    expect(host.paired).toEqual(['redeem null', 'DELETE mobile Bearer vbphone.1']);
    expect(phone.hasStored()).toBe(false);
    await phone.leave();
    expect(host.paired).toHaveLength(2);
  });

  it('or does not leave, and comes in anew by another code: its old place is free once it has the new one', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    host.signaling.drop('mobile', 4403);
    await settle();
    host.refusal = { code: 'pairing_used', status: 410, path: 'redeem' };
    await expect(phone.join({ code: 'USED-CODE' })).rejects.toMatchObject({ code: 'pairing_used' });
    expect([host.paired.at(-1), phone.hasStored()]).toEqual(['redeem null', true]);
    host.refusal = null;
    await phone.join({ code: 'GOOD-CODE' });
    await settle();
    expect(host.paired.slice(2)).toEqual(['redeem null', 'DELETE mobile Bearer vbphone.1']);
    expect(host.stored.get('voice-bridge.phone')).toContain('vbphone.2');
  });

  it('after a reload, without having come back', async () => {
    const { phone, host } = setUpPhone();
    host.stored.set('voice-bridge.phone', '{"credential":"old","conversation_id":"kitchen","peer_id":"mobile-3"}');
    await phone.leave();
    expect(host.paired).toEqual(['DELETE mobile-3 Bearer old']);
    expect(phone.hasStored()).toBe(false);
    expect(host.leftovers()).toEqual([]);
  });

  it('while it redeems: what the bridge gave all the same is given back', async () => {
    const { phone, host } = setUpPhone();
    const answer = host.holdPairing();
    const joining = phone.join({ token: 'secret' });
    const failed = expect(joining).rejects.toMatchObject({ code: 'aborted' });
    await settle();
    let left = false;
    const leaving = phone.leave().then(() => {
      left = true;
    });
    await failed;
    expect([phone.getSnapshot().state, left]).toEqual(['closed', false]);
    answer();
    await leaving;
    expect(host.paired).toEqual(['redeem null', 'DELETE mobile Bearer vbphone.1']);
    expect(phone.hasStored()).toBe(false);
    expect(host.leftovers()).toEqual([]);
  });

  it('when another page is this phone now: that one keeps the place', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    host.signaling.drop('mobile', 4409);
    await settle();
    await phone.leave();
    expect(host.paired).toEqual(['redeem null']);
    expect(phone.hasStored()).toBe(false);
  });
});

describe('a phone of somebody who is known', () => {
  it('[S-0.32] joins a conversation of its own by making itself a token', async () => {
    const { phone, host } = setUpPhone();
    await phone.join({ conversationId: 'kitchen', auth: () => 'mine' });
    expect(host.paired).toEqual(['pairing Bearer mine', 'redeem null']);
    expect(host.signaling.dialled.at(-1)?.token).toBe('vbphone.2');
  });

  it('goes in as itself where it may join but not lead', async () => {
    const { phone, host } = setUpPhone();
    host.refusal = { code: 'forbidden', status: 403, path: 'pairing' };
    await phone.join({ conversationId: 'kitchen', auth: () => 'mine' });
    expect(host.signaling.dialled.at(-1)).toEqual({ peerId: 'mobile', token: 'mine' });
    expect(phone.hasStored()).toBe(false);
  });

  it('is there as the first phone that nobody else is', async () => {
    const { phone, host, wait } = setUpPhone();
    host.refusal = { code: 'forbidden', status: 403, path: 'pairing' };
    host.signaling.refused.add('mobile').add('mobile-2');
    await phone.join({ conversationId: 'kitchen', auth: () => 'mine' });
    await settle();
    expect(host.signaling.dialled.map(({ peerId }) => peerId)).toEqual(['mobile', 'mobile-2', 'mobile-3']);
    expect(phone.getSnapshot()).toMatchObject({ state: 'waiting', peerId: 'mobile-3' });
    await wait(2_000);
    // Another one was invited as it, and came.
    host.signaling.refused.add('mobile-3');
    host.signaling.drop('mobile-3', 4403);
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'waiting', peerId: 'mobile-4' });
    expect(host.signaling.peers).toEqual(['mobile-4']);
  });

  it('fails when every one of them is taken', async () => {
    const { phone, host } = setUpPhone();
    host.refusal = { code: 'forbidden', status: 403, path: 'pairing' };
    for (const peerId of PHONE_IDS) host.signaling.refused.add(peerId);
    await phone.join({ conversationId: 'kitchen', auth: () => 'mine' }).catch(() => {});
    await settle();
    expect(host.signaling.dialled).toHaveLength(PHONE_IDS.length);
    expect(phone.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'forbidden' } });
    expect(host.leftovers()).toEqual([]);
  });
});
