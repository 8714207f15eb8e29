import { ENDPOINTS, eventsPath, signalingPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { addParticipant, ask, openBridge, outcome } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { bearer, credentialIn, invite, pair, redeem, renew } from '../../testing/pair.ts';
import type { Identity } from '../http/identity.ts';
import { UNKNOWN_INVITER_MS } from './inviters.ts';

const MINUTE = 60_000;
/** Invitations are forgotten by then. */
const REMEMBERED_MS = 12 * MINUTE;
const ANN = bearer('ann');
const MOD = bearer('mod');

/** A bridge whose application knows tokens, and may forget them. */
async function start() {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const people = new Map<string, Identity>([
    ['ann', { subject: 'ann', conversations: 'any' }],
    ['bob', { subject: 'bob', conversations: 'any' }],
    ['mod', { subject: 'mod', conversations: 'any', scopes: ['join', 'moderate'] }],
  ]);
  const asked: string[] = [];
  const authorize = (request: Request) => {
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    asked.push(token);
    if (people.has('nobody answers')) return new Promise<never>(() => {});
    if (token === 'ann' && people.size === 0) throw new TypeError('The database is down');
    return people.get(token);
  };
  const limits = { sessionMinutes: 600, idleMinutes: 600 };
  const bridge = createTestBridge({ authorize, limits }, { clock, host });
  const isGood = async (credential: string) => (await ask(bridge, ENDPOINTS.config, bearer(credential))).status === 200;
  const kick = (participantId = '') => host.last.emit({ type: 'participantLeft', participantId, reason: 'kicked' });
  return { bridge, clock, host, people, asked, isGood, kick };
}

describe('a phone whose inviter', () => {
  it.each<[string, Identity]>([
    ['may not touch the conversation any more', { subject: 'ann', conversations: ['cellar'] }],
    ['may not join there any more', { subject: 'ann', conversations: 'any', scopes: ['read', 'signal'] }],
  ])('%s is taken out within a minute, with everything that goes on by it; others stay', async (_name, now) => {
    const { bridge, clock, people, isGood } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const { token } = await invite(bridge, {}, ANN);
    const { credential: bobs } = await pair(bridge, { conversation_id: 'attic' }, bearer('bob'));
    const { body } = await ask(bridge, signalingPath('kitchen', 'mobile'), bearer(credential));
    const heard = new Response(body).text();
    await clock.advanceAsync(5 * MINUTE);
    expect(await isGood(credential)).toBe(true);
    people.set('ann', now);
    await clock.advanceAsync(MINUTE);
    expect(await heard).toContain('{"type":"peer","peer_id":"mobile","state":"removed"}');
    expect([await isGood(credential), await isGood(bobs)]).toEqual([false, true]);
    expect(await outcome(renew(bridge, credential))).toEqual([401, 'unauthorized']);
    expect(await outcome(redeem(bridge, { token }))).toEqual([410, 'pairing_expired']);
  });

  it('loses one conversation of two keeps the phone in the other one', async () => {
    const { bridge, clock, people, isGood } = await start();
    const { credential: gone } = await pair(bridge, {}, ANN);
    const { credential: stays } = await pair(bridge, { conversation_id: 'cellar' }, ANN);
    people.set('ann', { subject: 'ann', conversations: ['cellar'] });
    await clock.advanceAsync(MINUTE);
    expect([await isGood(gone), await isGood(stays)]).toEqual([false, true]);
  });

  it.each([
    ['is nobody any more', (people: Map<string, Identity>) => people.delete('ann')],
    [
      'is somebody else by now',
      (people: Map<string, Identity>) => people.set('ann', { subject: 'eve', conversations: 'any' }),
    ],
    ['cannot be asked for', (people: Map<string, Identity>) => people.clear()],
  ])('%s stays for ten minutes, as the token may only have run out, then it is taken out', async (_name, change) => {
    const { bridge, clock, people, isGood } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    change(people);
    await clock.advanceAsync(MINUTE + UNKNOWN_INVITER_MS - 1);
    const fresh = await credentialIn(await renew(bridge, credential));
    expect(await isGood(fresh.credential)).toBe(true);
    await clock.advanceAsync(1);
    expect(await isGood(fresh.credential)).toBe(false);
    await clock.advanceAsync(REMEMBERED_MS);
    expect(clock.pending).toBe(0);
  });

  it('is not told to be anybody, because the application hangs, is taken out all the same', async () => {
    const { bridge, clock, people } = await start();
    await pair(bridge, {}, ANN);
    people.set('nobody answers', { subject: 'nobody', conversations: [] });
    await clock.advanceAsync(11 * MINUTE);
    expect(bridge.phones.list()).toHaveLength(1);
    await clock.advanceAsync(MINUTE);
    expect(bridge.phones.list()).toEqual([]);
  });

  it.each([
    ['comes back as the desktop', signalingPath('kitchen', 'desktop')],
    ['asks for its phones', `${ENDPOINTS.pairing}/kitchen/phones`],
  ])('%s with a fresh token stays', async (_name, path) => {
    const { bridge, clock, people, isGood } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    people.delete('ann');
    await clock.advanceAsync(8 * MINUTE);
    people.set('fresh', { subject: 'ann', conversations: 'any' });
    await (await ask(bridge, path, bearer('fresh'))).body?.cancel();
    await clock.advanceAsync(60 * MINUTE);
    expect(await isGood(credential)).toBe(true);
    people.delete('fresh');
    await clock.advanceAsync(12 * MINUTE);
    expect(await isGood(credential)).toBe(false);
  });

  it('comes back into the session with a fresh token, in a page without phones, stays', async () => {
    const { bridge, clock, people, isGood } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    people.delete('ann');
    await clock.advanceAsync(8 * MINUTE);
    people.set('fresh', { subject: 'ann', conversations: 'any' });
    expect((await openBridge(bridge, 'kitchen', bearer('fresh'))).status).toBe(200);
    await clock.advanceAsync(60 * MINUTE);
    expect(await isGood(credential)).toBe(true);
    await bridge.close();
  });

  it('was away from the application for a while only, such as its database, stays', async () => {
    const { bridge, clock, people, isGood } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const before = [...people];
    for (let times = 0; times < 3; times++) {
      people.clear();
      await clock.advanceAsync(9 * MINUTE);
      for (const [token, identity] of before) people.set(token, identity);
      await clock.advanceAsync(MINUTE);
    }
    expect(await isGood(credential)).toBe(true);
  });

  it('may not be there any more is asked about when it renews, too', async () => {
    const { bridge, people, isGood } = await start();
    const { credential } = await pair(bridge, {}, ANN);
    const other = await pair(bridge, {}, ANN);
    people.set('ann', { subject: 'ann', conversations: [] });
    expect(await outcome(renew(bridge, credential))).toEqual([401, 'unauthorized']);
    expect([await isGood(credential), await isGood(other.credential)]).toEqual([false, false]);
  });
});

describe('an inviter', () => {
  it('is asked for once a minute however many phones there are, and no more when the last one went', async () => {
    const { bridge, clock, asked } = await start();
    for (let n = 0; n < 3; n++) await pair(bridge, {}, ANN);
    asked.length = 0;
    await clock.advanceAsync(3 * MINUTE);
    expect(asked).toEqual(['ann', 'ann', 'ann']);
    bridge.phones.revoke({ subject: 'ann' });
    await clock.advanceAsync(REMEMBERED_MS);
    expect([asked.length, clock.pending]).toEqual([3, 0]);
  });

  it('is nobody on an open bridge, and nobody after the bridge was closed', async () => {
    const clock = new ManualClock();
    const open = createTestBridge({ authorize: 'open' }, { clock });
    await pair(open);
    const before = clock.pending;
    await pair(open);
    expect(clock.pending).toBe(before);
    const closed = await start();
    await pair(closed.bridge, {}, ANN);
    await closed.bridge.close();
    expect(closed.clock.pending).toBe(0);
  });
});

describe('whoever is taken out of a session', () => {
  it('takes the phones along that they invited to it, and no others', async () => {
    const { bridge, host, isGood, kick } = await start();
    await openBridge(bridge, 'kitchen', ANN);
    const [participant] = host.last.told('join');
    const own = await pair(bridge, {}, ANN);
    const elsewhere = await pair(bridge, { conversation_id: 'cellar' }, ANN);
    const mods = await pair(bridge, {}, MOD);
    kick(participant?.participantId);
    const all = [own, elsewhere, mods].map(({ credential }) => isGood(credential));
    expect(await Promise.all(all)).toEqual([false, true, true]);
  });

  it('keeps them with another place in it, or when somebody else goes, or by going without being taken out', async () => {
    const { bridge, host, isGood, kick } = await start();
    await openBridge(bridge, 'kitchen', ANN);
    await addParticipant(bridge, 'kitchen', ANN);
    await addParticipant(bridge, 'kitchen', bearer('bob'));
    const { credential } = await pair(bridge, {}, ANN);
    const [first, second, bobs] = host.last.told('join').map(({ participantId }) => participantId);
    kick(bobs);
    kick(first);
    host.last.emit({ type: 'participantLeft', participantId: second ?? '', reason: 'left' });
    expect(await isGood(credential)).toBe(true);
    await addParticipant(bridge, 'kitchen', ANN);
    kick(host.last.told('join').at(-1)?.participantId);
    expect(await isGood(credential)).toBe(false);
    const feed = await ask(bridge, eventsPath('kitchen'), bearer(credential));
    expect(feed.status).toBe(401);
  });
});
