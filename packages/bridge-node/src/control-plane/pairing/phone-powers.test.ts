import {
  bridgePath,
  bridgeTextPath,
  ENDPOINTS,
  eventsPath,
  participantPath,
  participantsPath,
  phonePath,
  phonesPath,
  sdpPath,
  sessionPath,
  signalingPath,
} from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { type Ask, addParticipant, ask, OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { bearer, pair } from '../../testing/pair.ts';

const ANN = bearer('ann');
const BOB = bearer('bob');

/** A bridge with a session of Ann's in `kitchen` and one of Bob's in `cellar`. */
async function start() {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const authorize = (request: Request) => {
    const subject = /^Bearer (ann|bob|carl|mod|guest)$/.exec(request.headers.get('authorization') ?? '')?.[1];
    if (subject === undefined) return null;
    if (subject === 'mod') return { subject, conversations: 'any', scopes: ['join', 'moderate'] } as const;
    if (subject === 'guest') return { subject, conversations: 'any', scopes: ['read', 'moderate'] } as const;
    return { subject, conversations: subject === 'carl' ? ['attic'] : 'any', phone: '+49 30 1234' } as const;
  };
  const bridge = createTestBridge({ authorize }, { clock, host });
  await openBridge(bridge, 'kitchen', ANN);
  await openBridge(bridge, 'cellar', BOB);
  const [kitchen] = host.sessions;
  if (kitchen === undefined) throw new Error('No session');
  return { bridge, clock, host, kitchen };
}

const phoneOf = async (bridge: Awaited<ReturnType<typeof start>>['bridge'], wish = {}) =>
  bearer((await pair(bridge, wish, ANN)).credential);

describe('who decides about the phones of a conversation', () => {
  it.each([
    ['who opened its session', ANN, 201],
    ['who may moderate', bearer('mod'), 201],
    ['not somebody else', BOB, 403],
    ['not who may moderate and not join', bearer('guest'), 403],
    ['not who may not touch it', bearer('carl'), 403],
    ['not somebody unknown', bearer('eve'), 401],
  ])('%s', async (_name, who, status) => {
    const { bridge } = await start();
    const invited = await post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, who);
    expect(invited.status).toBe(status);
    const seen = status === 201 ? 200 : who === bearer('carl') ? 404 : undefined;
    const list = await ask(bridge, phonesPath('kitchen'), who);
    if (seen !== undefined) expect(list.status).toBe(seen);
    else expect(list.status).toBeGreaterThanOrEqual(401);
    await pair(bridge, { peer_id: 'mobile-8', confirm: true }, ANN);
    for (const method of ['POST', 'DELETE']) {
      const decided = await ask(bridge, phonePath('kitchen', 'mobile-8'), { method, ...who });
      expect(decided.ok).toBe(status === 201);
    }
  });

  it('while it has no session, who may open one', async () => {
    const { bridge } = await start();
    expect((await post(bridge, ENDPOINTS.pairing, { conversation_id: 'attic' }, bearer('carl'))).status).toBe(201);
  });

  it('in whichever number they are asked for, but no more than thirty a minute', async () => {
    const { bridge } = await start();
    const answers: number[] = [];
    for (let n = 0; n < 17; n++) {
      const body = { conversation_id: `c${n}` };
      answers.push((await post(bridge, ENDPOINTS.pairing, body, BOB)).status);
    }
    expect(new Set(answers)).toEqual(new Set([201, 429]));
    expect((await post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, ANN)).status).toBe(201);
  });
});

describe('a phone with its credential', () => {
  const json = (body: unknown, method = 'POST'): Ask => ({
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const open = { conversation_id: 'kitchen', offer: OFFER };

  it.each<[string, string, Ask, number]>([
    ['reads the configuration', ENDPOINTS.config, {}, 200],
    ['sees who is in its session', participantsPath('kitchen'), {}, 200],
    ['joins its session', participantsPath('kitchen'), json({ offer: OFFER }), 200],
    ['joins it as a page does that shares it', ENDPOINTS.bridge, json({ ...open, join: true }), 200],
    [
      'joins it by the voice endpoint',
      ENDPOINTS.voiceOffer,
      json({ type: 'offer', sdp: OFFER, conversation_id: 'kitchen' }),
      200,
    ],
    ['does not replace its session', ENDPOINTS.bridge, json(open), 403],
    ['does not end it', bridgePath('kitchen'), { method: 'DELETE' }, 403],
    ['does not type', bridgeTextPath('kitchen'), json({ text: 'hello' }), 403],
    ['does not mute others', participantPath('kitchen', 'par_1'), json({ muted: true }, 'PATCH'), 403],
    ['does not take others out', participantPath('kitchen', 'par_1'), { method: 'DELETE' }, 403],
    ['opens no session', ENDPOINTS.session, json({ conversation_id: 'kitchen' }), 403],
    ['opens none of its own', ENDPOINTS.session, json({}), 403],
    ['invites no phone', ENDPOINTS.pairing, json({ conversation_id: 'kitchen' }), 403],
    ['sees no phones', phonesPath('kitchen'), {}, 403],
    ['accepts no phone', phonePath('kitchen', 'mobile'), { method: 'POST' }, 403],
    ['removes no other phone', phonePath('kitchen', 'mobile-2'), { method: 'DELETE' }, 403],
    ['removes no phone elsewhere', phonePath('cellar', 'mobile'), { method: 'DELETE' }, 404],
    ['signals as no desktop', signalingPath('kitchen', 'desktop'), {}, 403],
    ['signals as no other phone', signalingPath('kitchen', 'mobile-2'), {}, 403],
    ['speaks for no other phone', signalingPath('kitchen', 'mobile-2'), json({}), 403],
    ['joins no other session', participantsPath('cellar'), json({ offer: OFFER }), 404],
    ['joins no other by page', ENDPOINTS.bridge, json({ conversation_id: 'cellar', offer: OFFER, join: true }), 403],
    [
      'joins no other by the voice endpoint',
      ENDPOINTS.voiceOffer,
      json({ type: 'offer', sdp: OFFER, conversation_id: 'cellar' }),
      403,
    ],
    ['opens none by the voice endpoint', ENDPOINTS.voiceOffer, json({ type: 'offer', sdp: OFFER }), 403],
    ['follows no other feed', eventsPath('cellar'), {}, 404],
    ['signals in no other conversation', signalingPath('cellar', 'mobile'), {}, 404],
    ['invites nobody elsewhere', ENDPOINTS.pairing, json({ conversation_id: 'cellar' }), 403],
    ['ends no other session', bridgePath('cellar'), { method: 'DELETE' }, 404],
  ])('%s', async (_name, path, wish, status) => {
    const { bridge, host } = await start();
    const phone = await phoneOf(bridge);
    const response = await ask(bridge, path, { ...wish, headers: { ...wish.headers, ...phone.headers } });
    expect(response.status).toBe(status);
    expect([host.sessions.length, host.live.length]).toEqual([2, 2]);
  });

  it('opens no session when there is none to join', async () => {
    const { bridge, host, kitchen } = await start();
    const phone = await phoneOf(bridge);
    kitchen.end('stopped');
    const joins: [string, object][] = [
      [ENDPOINTS.bridge, { ...open, join: true }],
      [ENDPOINTS.voiceOffer, { type: 'offer', sdp: OFFER, conversation_id: 'kitchen' }],
      [participantsPath('kitchen'), { offer: OFFER }],
    ];
    for (const [path, body] of joins)
      expect(await outcome(post(bridge, path, body, phone))).toEqual([404, 'not_found']);
    expect(host.sessions).toHaveLength(2);
  });

  it('decides about no phones while there is no session either', async () => {
    const { bridge, kitchen } = await start();
    const phone = await phoneOf(bridge);
    kitchen.end('stopped');
    const invited = post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, phone);
    expect(await outcome(invited)).toEqual([403, 'forbidden']);
    const removed = ask(bridge, phonePath('kitchen', 'mobile-2'), { method: 'DELETE', ...phone });
    expect(await outcome(removed)).toEqual([403, 'forbidden']);
  });

  it.each([{}, { confirm: true }])('removes itself, with a session or without, and nobody else: %j', async (wish) => {
    const { bridge, kitchen } = await start();
    const [phone, other] = [await phoneOf(bridge, wish), await phoneOf(bridge)];
    const removal = (peerId: 'mobile' | 'mobile-2') =>
      ask(bridge, phonePath('kitchen', peerId), { method: 'DELETE', ...phone });
    kitchen.end('stopped');
    expect(await outcome(removal('mobile-2'))).toEqual([403, 'forbidden']);
    const removed = await removal('mobile');
    expect([removed.status, await removed.json()]).toEqual([200, { status: 'removed' }]);
    expect(await outcome(removal('mobile'))).toEqual([401, 'unauthorized']);
    expect((await ask(bridge, ENDPOINTS.config, phone)).status).toBe(401);
    expect((await ask(bridge, ENDPOINTS.config, other)).status).toBe(200);
    expect((await pair(bridge, {}, ANN)).peer_id).toBe('mobile');
  });

  it('knows a session by its id and ends none by it', async () => {
    const { bridge, host, kitchen } = await start();
    const phone = await phoneOf(bridge);
    const [own, other] = [kitchen.options.sessionId, host.last.options.sessionId];
    expect((await ask(bridge, sessionPath(own), phone)).status).toBe(200);
    expect((await ask(bridge, sessionPath(own), { method: 'DELETE', ...phone })).status).toBe(403);
    const sdp = { method: 'POST', body: OFFER, headers: { ...phone.headers, 'content-type': 'application/sdp' } };
    expect((await ask(bridge, sdpPath(own), sdp)).status).toBe(200);
    expect((await ask(bridge, sessionPath(other), phone)).status).toBe(404);
    expect((await ask(bridge, sdpPath(other), sdp)).status).toBe(404);
  });

  it('is no moderator, and nobody whom the application knows', async () => {
    const { bridge, kitchen } = await start();
    await addParticipant(bridge, 'kitchen', await phoneOf(bridge));
    expect(kitchen.told('join').map(({ moderator, textLength }) => [moderator, textLength])).toEqual([
      [true, 4_000],
      [false, 0],
    ]);
  });

  it('[S-0.32] lists the conversations that can be joined: for its user all, for the phone its own', async () => {
    const { bridge, kitchen } = await start();
    const list = async (who: Ask) => (await ask(bridge, ENDPOINTS.conversations, who)).json();
    const view = { state: 'open', opened_at: 0, participants: 1 };
    const [own, other] = [
      { conversation_id: 'kitchen', ...view },
      { conversation_id: 'cellar', ...view },
    ];
    expect(await list(ANN)).toEqual({ conversations: [own, other] });
    expect(await list(await phoneOf(bridge))).toEqual({ conversations: [own] });
    expect(await list(bearer('carl'))).toEqual({ conversations: [] });
    kitchen.end('stopped');
    expect(await list(ANN)).toEqual({ conversations: [other] });
    expect(await outcome(ask(bridge, ENDPOINTS.conversations, bearer('guest')))).toEqual([403, 'forbidden']);
  });
});

describe('a phone that waits to be accepted', () => {
  it('signals and reads the configuration, and nothing else; accepted, it may what others may', async () => {
    const { bridge } = await start();
    const phone = await phoneOf(bridge, { confirm: true });
    const statuses = async () => [
      (await ask(bridge, ENDPOINTS.config, phone)).status,
      (await ask(bridge, signalingPath('kitchen', 'mobile'), { method: 'HEAD', ...phone })).status,
      (await addParticipant(bridge, 'kitchen', phone)).status,
      (await ask(bridge, eventsPath('kitchen'), { method: 'HEAD', ...phone })).status,
      (await ask(bridge, participantsPath('kitchen'), phone)).status,
      (await ask(bridge, ENDPOINTS.conversations, phone)).status,
    ];
    expect(await statuses()).toEqual([200, 200, 403, 403, 403, 403]);
    expect((await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'POST', ...ANN })).status).toBe(200);
    expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
  });
});
