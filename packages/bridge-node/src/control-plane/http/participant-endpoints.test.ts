import { ENDPOINTS, participantPath, participantsPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { VoiceBridgeOptions } from '../../options.ts';
import { type Ask, addParticipant, ask, closeBridge, OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import type { Identity } from './identity.ts';

const PEOPLE: Readonly<Record<string, Identity>> = {
  ann: { subject: 'ann', conversations: ['a1'] },
  guest: { subject: 'guest', conversations: ['a1'] },
  screen: { subject: 'ann', conversations: ['a1'], scopes: ['read'] },
  warden: { subject: 'warden', conversations: 'any', scopes: ['moderate'] },
  bob: { subject: 'bob', conversations: ['b1'] },
};

const as = (name: string): Ask => ({ headers: { authorization: name } });

function start(options: VoiceBridgeOptions = {}, hostOptions: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(hostOptions);
  const bridge = createTestBridge({ authorize: 'open', ...options }, { host, clock });
  const joins = () => host.last.told('join');
  const patch = (participantId: string, body: object, asking: Ask = {}) =>
    post(bridge, participantPath('a1', participantId), body, { method: 'PATCH', ...asking });
  const remove = (participantId: string, asking: Ask = {}) =>
    ask(bridge, participantPath('a1', participantId), { method: 'DELETE', ...asking });
  const join = (conversationId: string, more: object = {}) =>
    post(bridge, ENDPOINTS.bridge, { conversation_id: conversationId, offer: OFFER, join: true, ...more });
  return { clock, host, bridge, joins, patch, remove, join };
}

const startWithPeople = () => start({ authorize: (request) => PEOPLE[request.headers.get('authorization') ?? ''] });

describe('joining a conversation', () => {
  it('[S-1.37] adds a participant with name and role to the running session', async () => {
    const { bridge, host, joins } = start();
    await openBridge(bridge, 'a1');
    const body = { offer: OFFER, name: 'Ann', role: 'listener' };
    const response = await post(bridge, participantsPath('a1'), body);
    const [, second] = joins();
    expect(second).toMatchObject({ name: 'Ann', role: 'listener', moderator: true, offer: OFFER });
    expect(await response.json()).toEqual({
      session_id: host.last.options.sessionId,
      participant_id: second?.participantId,
      answer: expect.stringContaining(`answer to ${second?.participantId}`),
      resume_token: expect.stringMatching(/^res_/),
    });
    expect(host.sessions).toHaveLength(1);
  });

  it('answers 404 when there is no session, and opens none', async () => {
    const { bridge, host } = start();
    expect(await outcome(addParticipant(bridge, 'a1'))).toEqual([404, 'not_found']);
    await openBridge(bridge, 'a1');
    await closeBridge(bridge, 'a1');
    expect(await outcome(addParticipant(bridge, 'a1'))).toEqual([404, 'not_found']);
    expect(host.sessions).toHaveLength(1);
  });

  it('with join: true opens a session when there is none, and replaces none', async () => {
    const { host, join, joins } = start();
    expect(await outcome(join('a1', { name: 'Ann' }))).toEqual([200]);
    expect(await outcome(join('a1', { name: 'Bob', role: 'observer' }))).toEqual([200]);
    expect(host.sessions).toHaveLength(1);
    expect(joins().map(({ name, role }) => [name, role])).toEqual([
      ['Ann', 'speaker'],
      ['Bob', 'observer'],
    ]);
  });

  it('with join: true at once from many sides gives one session with everybody in it', async () => {
    const { host, clock, join, joins } = start({}, { model: 'hangs' });
    const answers = Array.from({ length: 5 }, () => outcome(join('a1')));
    await clock.advanceAsync(10);
    host.last.emit({ type: 'opened' });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, () => [200]));
    expect([host.sessions.length, joins().length]).toEqual([1, 5]);
  });

  it('waits for a session that is opening, and joins the newer one when that was replaced', async () => {
    const { bridge, host, clock, joins } = start({}, { model: 'hangs' });
    const first = outcome(openBridge(bridge, 'a1'));
    const joining = outcome(addParticipant(bridge, 'a1'));
    await clock.advanceAsync(10);
    const second = outcome(openBridge(bridge, 'a1'));
    await clock.advanceAsync(10);
    expect(await first).toEqual([409, 'session_replaced']);
    host.last.emit({ type: 'opened' });
    expect([await second, await joining]).toEqual([[200], [200]]);
    expect(joins()).toHaveLength(2);
  });

  it('with join: true after everybody lost the session gives them one new one together', async () => {
    const { bridge, host, join } = start();
    await openBridge(bridge, 'a1');
    const lost = host.last.options.sessionId;
    host.last.end('model_closed');
    const answers = await Promise.all([join('a1', { session_id: lost }), join('a1', { session_id: lost })]);
    expect(await Promise.all(answers.map((answer) => outcome(answer)))).toEqual([[200], [200]]);
    expect(host.sessions).toHaveLength(2);
  });

  it('with join: true is refused to who wants back what somebody else took over', async () => {
    const { bridge, host, join } = start();
    await openBridge(bridge, 'a1');
    const lost = host.last.options.sessionId;
    await openBridge(bridge, 'a1');
    expect(await outcome(join('a1', { session_id: lost }))).toEqual([409, 'session_replaced']);
  });

  it('that is given up takes the participant out again and leaves the session alone', async () => {
    const { bridge, host, clock } = start();
    await openBridge(bridge, 'a1');
    const abort = new AbortController();
    const joining = outcome(addParticipant(bridge, 'a1', { signal: abort.signal }));
    abort.abort();
    expect(await joining).toEqual([499, 'aborted']);
    await clock.advanceAsync(0);
    expect(host.live).toHaveLength(1);
    expect(host.last.told('removeParticipant').length).toBeLessThanOrEqual(1);
  });

  it('that takes too long ends with 504 and leaves the session alone', async () => {
    const { bridge, host, clock } = start({}, { answers: false });
    const opening = openBridge(bridge, 'a1');
    await clock.advanceAsync(0);
    const first = host.last.told('join')[0]?.participantId ?? '';
    host.last.emit({ type: 'joinAnswered', participantId: first, answer: 'v=0' });
    await opening;
    host.last.emit({
      type: 'participantJoined',
      participantId: first,
      name: null,
      role: 'speaker',
      transport: 'webrtc',
    });
    const joining = outcome(addParticipant(bridge, 'a1'));
    await clock.advanceAsync(15_000);
    expect(await joining).toEqual([504, 'connect_timeout']);
    expect(host.live).toHaveLength(1);
  });
});

describe('who is in a conversation', () => {
  it('[S-1.38] is listed', async () => {
    const { bridge, joins } = start();
    await openBridge(bridge, 'a1');
    expect(await (await ask(bridge, participantsPath('a1'))).json()).toEqual({
      participants: [
        {
          participant_id: joins()[0]?.participantId,
          name: null,
          role: 'speaker',
          transport: 'webrtc',
          muted: false,
          gain: 1,
        },
      ],
    });
    expect(await outcome(ask(bridge, participantsPath('never')))).toEqual([404, 'not_found']);
  });

  it('[S-1.39] is muted, made louder, given another role and taken out by who opened the session', async () => {
    const { bridge, host, joins, patch, remove } = startWithPeople();
    await openBridge(bridge, 'a1', as('ann'));
    await addParticipant(bridge, 'a1', as('guest'));
    const [ann, guest] = joins();
    expect([ann?.moderator, guest?.moderator]).toEqual([true, false]);
    const participantId = guest?.participantId ?? '';
    expect(await outcome(patch(participantId, { muted: true, gain: 0.5 }, as('ann')))).toEqual([200]);
    expect(await outcome(patch(participantId, { role: 'listener' }, as('warden')))).toEqual([200]);
    expect(await outcome(remove(participantId, as('ann')))).toEqual([200]);
    expect(host.last.commands.slice(2)).toEqual([
      { type: 'setParticipant', participantId, muted: true, gain: 0.5 },
      { type: 'setParticipant', participantId, role: 'listener' },
      { type: 'removeParticipant', participantId },
    ]);
  });

  it('is left alone by everybody else', async () => {
    const { bridge, host, joins, patch, remove } = startWithPeople();
    await openBridge(bridge, 'a1', as('ann'));
    await addParticipant(bridge, 'a1', as('guest'));
    const participantId = joins()[0]?.participantId ?? '';
    expect(await outcome(patch(participantId, { muted: true }, as('guest')))).toEqual([403, 'forbidden']);
    expect(await outcome(remove(participantId, as('guest')))).toEqual([403, 'forbidden']);
    expect(await outcome(patch(participantId, { muted: true }, as('screen')))).toEqual([403, 'forbidden']);
    expect(await outcome(remove(participantId, as('screen')))).toEqual([403, 'forbidden']);
    expect(await outcome(patch(participantId, { muted: true }, as('bob')))).toEqual([404, 'not_found']);
    expect(await outcome(remove(participantId, as('bob')))).toEqual([404, 'not_found']);
    expect(await outcome(ask(bridge, participantsPath('a1'), as('bob')))).toEqual([404, 'not_found']);
    expect(host.last.commands).toHaveLength(2);
  });

  it.each([
    [{}, 'invalid_request'],
    [{ gain: 4.5 }, 'invalid_request'],
    [{ role: 'king' }, 'invalid_request'],
    [{ muted: true, name: 'x' }, 'invalid_request'],
  ])('is not changed by %j', async (body, code) => {
    const { bridge, joins, patch } = start();
    await openBridge(bridge, 'a1');
    expect(await outcome(patch(joins()[0]?.participantId ?? '', body))).toEqual([400, code]);
  });

  it('that never was cannot be changed, and is gone already', async () => {
    const { bridge, patch, remove } = start();
    expect(await outcome(patch('par_never', { muted: true }))).toEqual([404, 'not_found']);
    await openBridge(bridge, 'a1');
    expect(await outcome(patch('par_never', { muted: true }))).toEqual([404, 'not_found']);
    expect(await outcome(remove('par_never'))).toEqual([200]);
  });

  it('is not changed more than thirty times at once', async () => {
    const { bridge, joins, patch } = start();
    await openBridge(bridge, 'a1');
    const participantId = joins()[0]?.participantId ?? '';
    for (let change = 0; change < 30; change++) {
      expect(await outcome(patch(participantId, { muted: change % 2 === 0 }))).toEqual([200]);
    }
    expect(await outcome(patch(participantId, { muted: true }))).toEqual([429, 'rate_limited']);
  });
});
