import {
  ENDPOINTS,
  type PhoneId,
  pairedPhonesSchema,
  parseValue,
  phonePath,
  phonesPath,
  signalingPath,
} from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask, OFFER, openBridge, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { bearer, invite, pair, redeem } from '../../testing/pair.ts';

const [ANN, BOB, MOD] = [bearer('ann'), bearer('bob'), bearer('mod')];

/** A bridge on which everybody may join every conversation, and one may moderate. */
function start(options: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(options);
  const authorize = (request: Request) => {
    const subject = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const named = { subject, conversations: 'any' } as const;
    // Was a moderator once.
    if (subject === 'former') return { ...named, subject: 'mod' };
    return subject === 'mod' ? { ...named, scopes: ['join', 'moderate'] as const } : named;
  };
  const bridge = createTestBridge({ authorize }, { clock, host });
  const statusOf = async (who: typeof ANN, path: string, method = 'GET') => {
    const { status, body } = await ask(bridge, path, { method, ...who });
    await body?.cancel();
    return status;
  };
  /** What somebody may do about a phone of `kitchen`, in this order: see, invite, accept, signal as the desktop, remove it. */
  const powersOf = async (who: typeof ANN, peerId: PhoneId = 'mobile') => [
    await statusOf(who, phonesPath('kitchen')),
    (await post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, who)).status,
    await statusOf(who, phonePath('kitchen', peerId), 'POST'),
    await statusOf(who, signalingPath('kitchen', 'desktop')),
    await statusOf(who, phonePath('kitchen', peerId), 'DELETE'),
  ];
  const seenBy = async (who: typeof ANN) => {
    const seen = parseValue(pairedPhonesSchema, await (await ask(bridge, phonesPath('kitchen'), who)).json());
    return seen.ok ? seen.value.phones.map(({ peer_id }) => peer_id) : seen.problem;
  };
  const isGood = async (credential: string) => (await statusOf(bearer(credential), ENDPOINTS.config)) === 200;
  return { bridge, clock, host, statusOf, powersOf, seenBy, isGood };
}

const EVERYTHING = [200, 201, 200, 200, 200];
const NOTHING = [403, 403, 403, 403, 403];

describe('a conversation without a session', () => {
  it('is led by who led it when its phones were invited, and by who may moderate; by nobody else, whoever may join', async () => {
    const { bridge, host, powersOf, isGood } = start();
    await openBridge(bridge, 'kitchen', ANN);
    const { credential } = await pair(bridge, {}, ANN);
    host.last.end('stopped');
    expect(await powersOf(BOB)).toEqual(NOTHING);
    expect(await isGood(credential)).toBe(true);
    expect(await powersOf(MOD)).toEqual(EVERYTHING);
    expect(await powersOf(ANN, 'mobile-2')).toEqual([200, 201, 404, 200, 200]);
  });

  it('is led by the first who invites, by their invitation as well, until that and the phones are over', async () => {
    const { bridge, clock, powersOf, isGood } = start();
    const { token } = await invite(bridge, {}, ANN);
    expect(await powersOf(BOB)).toEqual(NOTHING);
    expect((await redeem(bridge, { token })).status).toBe(200);
    expect(await powersOf(BOB)).toEqual(NOTHING);
    expect(await powersOf(ANN)).toEqual(EVERYTHING);
    await clock.advanceAsync(120_000);
    const { credential } = await pair(bridge, {}, BOB);
    expect(await powersOf(ANN)).toEqual(NOTHING);
    expect(await isGood(credential)).toBe(true);
  });

  it('is led by its desktop while it has no phones: nobody replaces that one but who may moderate', async () => {
    const { bridge, clock, statusOf } = start();
    const desktop = await ask(bridge, signalingPath('kitchen', 'desktop'), ANN);
    const heard = new Response(desktop.body).text();
    expect(await statusOf(BOB, signalingPath('kitchen', 'desktop'))).toBe(403);
    expect((await post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, BOB)).status).toBe(403);
    await clock.advanceAsync(60_000);
    expect(await statusOf(MOD, signalingPath('kitchen', 'desktop'))).toBe(200);
    expect(await heard).toContain('"state":"replaced"');
    expect(await statusOf(BOB, signalingPath('kitchen', 'desktop'))).toBe(200);
  });

  it('leaves its phones to who led it though somebody who may moderate invited them', async () => {
    const { bridge, host, seenBy, powersOf } = start();
    await openBridge(bridge, 'kitchen', ANN);
    await pair(bridge, {}, ANN);
    await pair(bridge, {}, MOD);
    host.last.end('stopped');
    await pair(bridge, {}, MOD);
    expect(await seenBy(ANN)).toEqual(['mobile', 'mobile-2', 'mobile-3']);
    expect(await powersOf(ANN, 'mobile-3')).toEqual(EVERYTHING);
  });
});

describe('who invited a phone', () => {
  it('sees and removes that one, and no other, though somebody else leads', async () => {
    const { bridge, seenBy, statusOf, isGood } = start();
    await openBridge(bridge, 'kitchen', ANN);
    const { credential: anns } = await pair(bridge, {}, ANN);
    const { credential: mods } = await pair(bridge, {}, MOD);
    const former = bearer('former');
    expect(await seenBy(former)).toEqual(['mobile-2']);
    expect(await statusOf(former, phonePath('kitchen', 'mobile'), 'DELETE')).toBe(403);
    expect(await statusOf(former, phonePath('kitchen', 'mobile-2'), 'DELETE')).toBe(200);
    expect([await isGood(anns), await isGood(mods)]).toEqual([true, false]);
    expect(await statusOf(former, phonesPath('kitchen'))).toBe(403);
  });
});

describe('a session that somebody else opens', () => {
  it('ends the phones and invitations of who led before: their sound is not for that one', async () => {
    const { bridge, host, isGood, powersOf } = start();
    await openBridge(bridge, 'kitchen', ANN);
    const { credential } = await pair(bridge, {}, ANN);
    const { token } = await invite(bridge, {}, ANN);
    const { credential: elsewhere } = await pair(bridge, { conversation_id: 'cellar' }, ANN);
    host.last.end('stopped');
    await openBridge(bridge, 'kitchen', BOB);
    expect([await isGood(credential), await isGood(elsewhere)]).toEqual([false, true]);
    expect((await redeem(bridge, { token })).status).toBe(410);
    expect(await powersOf(ANN)).toEqual(NOTHING);
    const { credential: bobs } = await pair(bridge, {}, BOB);
    expect(await isGood(bobs)).toBe(true);
  });

  it('leaves them when it is the same one who opens it, or only joins', async () => {
    const { bridge, host, isGood } = start();
    const { credential } = await pair(bridge, {}, ANN);
    for (let times = 0; times < 2; times++) {
      await openBridge(bridge, 'kitchen', ANN);
      const join = { conversation_id: 'kitchen', offer: OFFER, join: true };
      expect((await post(bridge, ENDPOINTS.bridge, join, BOB)).status).toBe(200);
      host.last.end('stopped');
    }
    expect(await isGood(credential)).toBe(true);
  });

  it('changes nothing while it is opening: nobody hears phones of another one by dialling a model that does not answer', async () => {
    const { bridge, clock, host, powersOf, statusOf, isGood } = start({ model: 'hangs' });
    const { credential } = await pair(bridge, {}, ANN);
    const opening = openBridge(bridge, 'kitchen', BOB);
    await clock.advanceAsync(0);
    expect(host.live).toHaveLength(1);
    expect(await powersOf(BOB)).toEqual(NOTHING);
    expect(await isGood(credential)).toBe(true);
    expect(await powersOf(ANN)).toEqual(EVERYTHING);
    host.last.emit({ type: 'opened' });
    await opening;
    expect(await statusOf(ANN, phonesPath('kitchen'))).toBe(403);
    expect((await powersOf(BOB))[0]).toBe(200);
  });

  it('is led by who opens it from the start where there are no phones and no desktop', async () => {
    const { bridge, clock, host, statusOf } = start({ model: 'hangs' });
    const opening = openBridge(bridge, 'kitchen', BOB);
    await clock.advanceAsync(0);
    expect(await statusOf(ANN, signalingPath('kitchen', 'desktop'))).toBe(403);
    expect(await statusOf(BOB, signalingPath('kitchen', 'desktop'))).toBe(200);
    host.last.end('failed', 'model_unreachable');
    await opening;
  });

  it('on behalf of who led it, because it broke, changes nothing for their desktop and their phones', async () => {
    const { bridge, clock, host, statusOf, isGood } = start({ model: 'hangs' });
    const first = openBridge(bridge, 'kitchen', ANN);
    await clock.advanceAsync(0);
    host.last.emit({ type: 'opened' });
    expect((await first).status).toBe(200);
    const { credential } = await pair(bridge, {}, ANN);
    const { body } = await ask(bridge, signalingPath('kitchen', 'desktop'), ANN);
    let isOver = false;
    const ended = new Response(body).text().then(() => {
      isOver = true;
    });
    await clock.advanceAsync(59_000);
    const { sessionId } = host.last.options;
    host.last.end('failed', 'model_closed');
    const again = { conversation_id: 'kitchen', offer: OFFER, session_id: sessionId, join: true };
    const renewal = post(bridge, ENDPOINTS.bridge, again, BOB);
    await clock.advanceAsync(1_000);
    expect(host.live).toHaveLength(1);
    expect([isOver, await statusOf(BOB, signalingPath('kitchen', 'desktop'))]).toEqual([false, 403]);
    host.last.emit({ type: 'opened' });
    expect((await renewal).status).toBe(200);
    await clock.advanceAsync(60_000);
    expect([isOver, await isGood(credential), bridge.sessions.get('kitchen')?.subject]).toEqual([false, true, 'ann']);
    await bridge.close();
    await ended;
  });

  it('on behalf of who led it is theirs: they are its desktop meanwhile, and may open a new one', async () => {
    const { clock, host, bridge, statusOf } = start({ model: 'hangs' });
    const first = openBridge(bridge, 'kitchen', ANN);
    await clock.advanceAsync(0);
    host.last.emit({ type: 'opened' });
    await first;
    const { sessionId } = host.last.options;
    host.last.end('failed', 'model_closed');
    const again = { conversation_id: 'kitchen', offer: OFFER, session_id: sessionId, join: true };
    const renewal = post(bridge, ENDPOINTS.bridge, again, BOB);
    await clock.advanceAsync(0);
    expect(await statusOf(ANN, signalingPath('kitchen', 'desktop'))).toBe(200);
    const anew = openBridge(bridge, 'kitchen', ANN);
    expect((await renewal).status).toBe(409);
    await clock.advanceAsync(0);
    host.last.emit({ type: 'opened' });
    expect((await anew).status).toBe(200);
  });
});
