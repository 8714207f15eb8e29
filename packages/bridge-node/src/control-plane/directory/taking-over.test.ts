import { ENDPOINTS, sessionPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { type Ask, addParticipant, ask, closeBridge, OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import type { Identity } from '../http/identity.ts';

const PEOPLE: Readonly<Record<string, Identity>> = {
  ann: { subject: 'ann', conversations: ['c'] },
  bob: { subject: 'bob', conversations: ['c'] },
  warden: { subject: 'warden', conversations: 'any', scopes: ['join', 'moderate'] },
  closer: { subject: 'closer', conversations: 'any', scopes: ['close'] },
};
const TAKEN = [409, 'conversation_taken'];
const FORBIDDEN = [403, 'forbidden'];

const as = (name: string): Ask => ({ headers: { authorization: name } });

function start(hostOptions: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(hostOptions);
  const authorize = (request: Request) => PEOPLE[request.headers.get('authorization') ?? ''];
  const bridge = createTestBridge({ authorize }, { host, clock });
  const open = (name: string, more: object = {}) =>
    post(bridge, ENDPOINTS.bridge, { conversation_id: 'c', offer: OFFER, ...more }, as(name));
  const waiting = (name: string) => post(bridge, ENDPOINTS.session, { conversation_id: 'c' }, as(name));
  const moderators = () => host.last.told('join').map(({ moderator }) => moderator);
  return { clock, host, bridge, open, waiting, moderators };
}

describe('a session that somebody else opened', () => {
  it('is not replaced by who may only join, and told how to come in', async () => {
    const { bridge, host, open, waiting } = start();
    await open('ann');
    const refused = await open('bob');
    expect(await refused.clone().json()).toMatchObject({ error: { hint: expect.stringContaining('"join": true') } });
    expect(await outcome(refused)).toEqual(TAKEN);
    expect(await outcome(open('bob', { session_id: host.last.options.sessionId }))).toEqual(TAKEN);
    expect(await outcome(waiting('bob'))).toEqual(TAKEN);
    expect(host.sessions).toHaveLength(1);
    expect(bridge.sessions.get('c')?.subject).toBe('ann');
  });

  it('is joined by them, as somebody who leads nobody', async () => {
    const { bridge, host, open, moderators } = start();
    await open('ann');
    expect(await outcome(open('bob', { join: true }))).toEqual([200]);
    expect(await outcome(addParticipant(bridge, 'c', as('bob')))).toEqual([200]);
    expect([host.sessions.length, moderators()]).toEqual([1, [true, false, false]]);
  });

  it('is not replaced while its model is being dialled', async () => {
    const { host, clock, open } = start({ model: 'hangs' });
    const opening = outcome(open('ann'));
    expect(await outcome(open('bob'))).toEqual(TAKEN);
    await clock.advanceAsync(10);
    expect(await outcome(open('bob'))).toEqual(TAKEN);
    host.last.emit({ type: 'opened' });
    expect(await opening).toEqual([200]);
  });

  it('is joined by who asked to join at the same moment, whoever came first', async () => {
    const { bridge, host, clock, open } = start({ model: 'hangs' });
    const joining = outcome(open('bob', { join: true }));
    const opening = outcome(open('ann'));
    await clock.advanceAsync(10);
    host.last.emit({ type: 'opened' });
    expect([await joining, await opening]).toEqual([[200], [200]]);
    expect([host.sessions.length, bridge.sessions.get('c')?.subject]).toEqual([1, 'ann']);
  });

  it('is replaced by its owner, and by who moderates', async () => {
    const { bridge, host, open } = start();
    await open('ann');
    expect(await outcome(open('ann'))).toEqual([200]);
    expect(await outcome(open('warden'))).toEqual([200]);
    expect([host.sessions.length, host.live.length]).toEqual([3, 1]);
    expect(bridge.sessions.get('c')?.subject).toBe('warden');
  });

  it('leaves the conversation to everybody when it is over', async () => {
    const { bridge, host, open } = start();
    await open('ann');
    host.last.end('left');
    expect(await outcome(open('bob'))).toEqual([200]);
    expect(bridge.sessions.get('c')?.subject).toBe('bob');
  });

  it('is ended by its owner, by who may end others, and by nobody else', async () => {
    const { bridge, host, open } = start();
    await open('ann');
    const bySession = (name: string) =>
      ask(bridge, sessionPath(host.last.options.sessionId), { method: 'DELETE', ...as(name) });
    expect(await outcome(closeBridge(bridge, 'c', as('bob')))).toEqual(FORBIDDEN);
    expect(await outcome(bySession('bob'))).toEqual(FORBIDDEN);
    expect(host.live).toHaveLength(1);
    expect(await outcome(bySession('closer'))).toEqual([200]);
    await open('ann');
    expect(await outcome(closeBridge(bridge, 'c', as('ann')))).toEqual([200]);
    expect(host.live).toEqual([]);
  });

  it('is led by its owner also when somebody else renews it', async () => {
    const { bridge, host, open, moderators } = start();
    await open('ann');
    const lost = host.last.options.sessionId;
    host.last.end('model_closed');
    await open('bob', { join: true, session_id: lost });
    await open('ann', { join: true, session_id: lost });
    expect([bridge.sessions.get('c')?.subject, moderators()]).toEqual(['ann', [false, true]]);
  });
});

describe('a bridge that lets everybody in', () => {
  it('lets everybody replace: nobody there is anybody in particular', async () => {
    const bridge = createTestBridge({ authorize: 'open' });
    expect(await outcome(openBridge(bridge, 'c'))).toEqual([200]);
    expect(await outcome(openBridge(bridge, 'c'))).toEqual([200]);
  });
});
