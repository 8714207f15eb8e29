import {
  bridgeResponseSchema,
  ENDPOINTS,
  parseValue,
  participantPath,
  participantResponseSchema,
  participantsPath,
} from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { type Ask, ask, OFFER, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import type { Identity } from '../http/identity.ts';
import { ResumeTokens } from './resume-tokens.ts';

const PEOPLE: Readonly<Record<string, Identity>> = {
  ann: { subject: 'ann', conversations: ['c'] },
  bob: { subject: 'bob', conversations: ['c'] },
  eve: { subject: 'eve', conversations: ['c'] },
};

function start(hostOptions: FakeSessionHostOptions = {}, limits = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(hostOptions);
  const authorize = (request: Request) => PEOPLE[request.headers.get('authorization') ?? ''];
  const bridge = createTestBridge({ authorize, limits }, { host, clock });
  const told: string[] = [];
  bridge.on('participantJoined', ({ participantId }) => told.push(`joined ${participantId}`));
  bridge.on('participantLeft', ({ participantId }) => told.push(`left ${participantId}`));
  const as = (name: string): Ask => ({ headers: { authorization: name } });
  const join = async (name: string, more: object = {}, options: Ask = {}) => {
    const body = { conversation_id: 'c', offer: OFFER, join: true, ...more };
    const response = await post(bridge, ENDPOINTS.bridge, body, { ...as(name), ...options });
    const parsed = parseValue(bridgeResponseSchema, await response.json());
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.value;
  };
  return { clock, host, bridge, told, as, join };
}

describe('a client that comes back with the token it was given', () => {
  it('is the participant it was, and nobody is told that anybody left or came', async () => {
    const { bridge, host, told, join } = start();
    await join('ann');
    const bob = await join('bob');
    told.length = 0;
    const again = await join('bob', { session_id: bob.session_id, resume_token: bob.resume_token });
    expect(again).toMatchObject({ participant_id: bob.participant_id, resume_token: bob.resume_token });
    expect(host.last.told('join').at(-1)).toMatchObject({ participantId: bob.participant_id, resumes: true });
    expect([told, bridge.sessions.participants('c')?.length]).toEqual([[], 2]);
  });

  it('has its place in the session that it would renew otherwise', async () => {
    const { host, join } = start();
    const ann = await join('ann', { join: false });
    const wanted = { join: false, session_id: ann.session_id, resume_token: ann.resume_token };
    expect(await join('ann', wanted)).toMatchObject({
      session_id: ann.session_id,
      participant_id: ann.participant_id,
    });
    expect(host.sessions).toHaveLength(1);
    host.last.end('connection_lost');
    expect((await join('ann', wanted)).session_id).not.toBe(ann.session_id);
  });

  it('is somebody else when the token is, was taken back with its participant, or means nothing', async () => {
    const { bridge, host, as, join } = start();
    await join('ann');
    const bob = await join('bob');
    const stolen = await join('eve', { resume_token: bob.resume_token });
    const invented = await join('bob', { resume_token: 'res_invented' });
    await ask(bridge, participantPath('c', bob.participant_id ?? ''), { method: 'DELETE', ...as('ann') });
    host.last.emit({ type: 'participantLeft', participantId: bob.participant_id ?? '', reason: 'kicked' });
    const kicked = await join('bob', { resume_token: bob.resume_token });
    const ids = [bob, stolen, invented, kicked].map(({ participant_id }) => participant_id);
    expect(new Set(ids).size).toBe(4);
    expect(host.last.told('join').some(({ resumes }) => resumes)).toBe(false);
  });

  it('needs no room: it has some', async () => {
    const { bridge, join } = start({}, { participants: 2 });
    await join('ann');
    const bob = await join('bob');
    await join('bob', { resume_token: bob.resume_token });
    const full = post(bridge, participantsPath('c'), { offer: OFFER }, { headers: { authorization: 'eve' } });
    expect(await outcome(full)).toEqual([409, 'too_many_participants']);
  });

  it('is not taken out when an attempt before it is given up late', async () => {
    const { bridge, host, clock, as, join } = start({ answers: false });
    const opening = join('ann');
    await clock.advanceAsync(0);
    const participantId = host.last.told('join')[0]?.participantId ?? '';
    host.last.emit({ type: 'joinAnswered', participantId, answer: 'v=0' });
    const { resume_token } = await opening;
    const body = { offer: OFFER, resume_token };
    const abort = new AbortController();
    const first = post(bridge, participantsPath('c'), body, { ...as('ann'), signal: abort.signal });
    await clock.advanceAsync(0);
    const second = post(bridge, participantsPath('c'), body, as('ann'));
    await clock.advanceAsync(0);
    abort.abort();
    await clock.advanceAsync(0);
    expect(host.last.told('removeParticipant')).toEqual([]);
    host.last.emit({ type: 'joinAnswered', participantId, answer: 'v=0' });
    expect(await outcome(first)).toEqual([499, 'aborted']);
    const parsed = parseValue(participantResponseSchema, await (await second).json());
    expect(parsed).toMatchObject({ ok: true, value: { participant_id: participantId, resume_token } });
  });

  it('that does not connect is taken out after 15 s', async () => {
    const { host, clock, join } = start({ connects: false });
    const ann = await join('ann');
    const participantId = ann.participant_id ?? '';
    host.last.emit({
      type: 'participantJoined',
      participantId,
      name: null,
      role: 'speaker',
      transport: 'webrtc',
    });
    await join('ann', { resume_token: ann.resume_token });
    await clock.advanceAsync(15_000);
    expect(host.last.told('removeParticipant')).toEqual([{ type: 'removeParticipant', participantId }]);
  });
});

describe('resume tokens', () => {
  it('are one for each participant, and the newest so many', () => {
    let minted = 0;
    const tokens = new ResumeTokens(() => `res_${minted++}`, 2);
    expect([tokens.of('a', 's'), tokens.of('a', 's'), tokens.of('b', 's'), tokens.of('c', 's')]).toEqual([
      'res_0',
      'res_0',
      'res_1',
      'res_2',
    ]);
    expect(['res_0', 'res_1', 'res_2'].map((token) => tokens.participantOf(token, 's'))).toEqual([undefined, 'b', 'c']);
    tokens.revoke('b');
    expect(tokens.participantOf('res_1', 's')).toBeUndefined();
  });
});
