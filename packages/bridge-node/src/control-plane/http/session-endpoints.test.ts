import {
  ENDPOINTS,
  parseValue,
  sdpPath,
  sessionListSchema,
  sessionPath,
  sessionResponseSchema,
  sessionSummarySchema,
} from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { VoiceBridgeOptions } from '../../options.ts';
import { type Ask, ask, OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import type { BridgeDoors } from '../voice-bridge-interface.ts';
import type { Identity } from './identity.ts';

const PEOPLE: Readonly<Record<string, Identity>> = {
  ann: { subject: 'ann', conversations: ['a1'] },
  bob: { subject: 'bob', conversations: ['b1'] },
  root: { subject: 'root', conversations: 'any' },
  typist: { subject: 'typist', conversations: 'any', scopes: ['text'] },
};

const as = (name: string): Ask => ({ headers: { authorization: name } });

function start(options: VoiceBridgeOptions = {}, hostOptions: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(hostOptions);
  return { clock, host, bridge: createTestBridge({ authorize: 'open', ...options }, { host, clock }) };
}

function startWithPeople() {
  return start({ authorize: (request) => PEOPLE[request.headers.get('authorization') ?? ''] });
}

async function open(doors: BridgeDoors, body?: object, options: Ask = {}) {
  const response =
    body === undefined
      ? await ask(doors, ENDPOINTS.session, { method: 'POST', ...options })
      : await post(doors, ENDPOINTS.session, body, options);
  const parsed = parseValue(sessionResponseSchema, await response.clone().json());
  return { response, sessionId: parsed.ok ? parsed.value.session_id : '' };
}

function exchange(doors: BridgeDoors, sessionId: string, options: Ask = {}): Promise<Response> {
  const headers = { 'content-type': 'application/sdp', ...options.headers };
  return ask(doors, sdpPath(sessionId), { method: 'POST', body: OFFER, ...options, headers });
}

describe('a session by its id', () => {
  it('[S-1.14] [S-1.18] is opened without an offer and waits for people, in a conversation of its own', async () => {
    const { bridge, host } = start();
    const { response, sessionId } = await open(bridge);
    expect(await response.json()).toEqual({
      session_id: sessionId,
      status: 'connected',
      conversation_id: expect.stringMatching(/^con_\w{22}$/),
    });
    expect(host.last.options).toMatchObject({ sessionId, joinTimeoutMs: 60_000 });
    expect(host.last.commands).toEqual([]);
  });

  it('[S-1.14] may be given a conversation, a voice, a name and a prompt', async () => {
    const { bridge, host } = start({ instructions: 'Be brief.' });
    await open(bridge, { conversation_id: 'c', voice: 'cedar', agent_name: 'Ada', system_prompt: 'Speak French.' });
    expect(host.last.options).toMatchObject({
      conversationId: 'c',
      upstream: { voice: 'cedar', instructions: 'Be brief.\n\nYour name is Ada.\n\nSpeak French.' },
    });
  });

  it('[S-1.15] is joined by SDP, as it is both ways, by one more participant each time', async () => {
    const { bridge, host } = start();
    const { sessionId } = await open(bridge);
    const answers = [await exchange(bridge, sessionId), await exchange(bridge, sessionId)];
    const joins = host.last.told('join');
    expect(joins.map(({ offer, role, name }) => [offer, role, name])).toEqual([
      [OFFER, 'speaker', null],
      [OFFER, 'speaker', null],
    ]);
    for (const [index, answer] of answers.entries()) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/sdp']);
      expect(await answer.text()).toContain(`answer to ${joins[index]?.participantId}`);
    }
    expect(host.sessions).toHaveLength(1);
  });

  it('is joined by SDP with a name and a role in the query', async () => {
    const { bridge, host } = start();
    const { sessionId } = await open(bridge);
    const path = (query: string) =>
      ask(bridge, `${sdpPath(sessionId)}?${query}`, {
        method: 'POST',
        body: OFFER,
        headers: { 'content-type': 'application/sdp' },
      });
    expect(await (await path('name=Ann%20B&role=listener')).text()).toContain('v=0');
    expect(host.last.told('join')[0]).toMatchObject({ name: 'Ann B', role: 'listener' });
    expect(await outcome(path(`name=${'x'.repeat(65)}`))).toEqual([400, 'invalid_request']);
    expect(await outcome(path('role=king'))).toEqual([400, 'invalid_request']);
  });

  it('[S-1.16] is closed by DELETE, again and again, and so is one that never was', async () => {
    const { bridge, host } = start();
    const { sessionId } = await open(bridge);
    for (const id of [sessionId, sessionId, 'ses_never']) {
      const response = await ask(bridge, sessionPath(id), { method: 'DELETE' });
      expect([response.status, await response.json()]).toEqual([200, { status: 'closed' }]);
    }
    expect(host.live).toEqual([]);
    expect(await outcome(exchange(bridge, sessionId))).toEqual([404, 'not_found']);
    expect(await outcome(ask(bridge, sessionPath(sessionId)))).toEqual([404, 'not_found']);
  });

  it('[S-1.29] [S-1.38] is listed with who is in it and since when', async () => {
    const { bridge, host, clock } = start();
    clock.advance(5_000);
    const { sessionId } = await open(bridge, { conversation_id: 'c' });
    await exchange(bridge, sessionId);
    const participantId = host.last.told('join')[0]?.participantId ?? '';
    host.last.emit({ type: 'participantChanged', participantId, muted: true, gain: 2, role: 'listener' });
    const summary = {
      session_id: sessionId,
      conversation_id: 'c',
      state: 'open',
      since: 5_000,
      participants: [
        { participant_id: participantId, name: null, role: 'listener', transport: 'webrtc', muted: true, gain: 2 },
      ],
    };
    const list = await (await ask(bridge, ENDPOINTS.session)).json();
    expect(parseValue(sessionListSchema, list)).toEqual({ ok: true, value: { sessions: [summary] } });
    const one = await (await ask(bridge, sessionPath(sessionId))).json();
    expect(parseValue(sessionSummarySchema, one)).toEqual({ ok: true, value: summary });
  });
});

describe('what cannot be had', () => {
  it('is an offer that is not SDP, too long or sent as something else', async () => {
    const { bridge, host } = start();
    const { sessionId } = await open(bridge);
    expect(await outcome(exchange(bridge, sessionId, { body: 'junk' }))).toEqual([400, 'invalid_offer']);
    expect(await outcome(exchange(bridge, sessionId, { body: 'x'.repeat(65_537) }))).toEqual([413, 'body_too_large']);
    const json = { headers: { 'content-type': 'application/json' } };
    expect(await outcome(exchange(bridge, sessionId, json))).toEqual([415, 'unsupported_media_type']);
    expect(await outcome(exchange(bridge, sessionId, { body: new Uint8Array([0xff]) }))).toEqual([
      400,
      'invalid_request',
    ]);
    expect(host.last.told('join')).toEqual([]);
  });

  it('is a body that says something else than it may', async () => {
    const { bridge, host } = start();
    expect(await outcome(post(bridge, ENDPOINTS.session, { tools: [] }))).toEqual([400, 'invalid_request']);
    const text = { method: 'POST', body: 'hello', headers: { 'content-type': 'text/plain' } };
    expect(await outcome(ask(bridge, ENDPOINTS.session, text))).toEqual([415, 'unsupported_media_type']);
    expect(host.sessions).toEqual([]);
  });

  it('is a session that is not yours: it looks as if it never was', async () => {
    const { bridge, host } = startWithPeople();
    const { sessionId } = await open(bridge, { conversation_id: 'a1' }, as('ann'));
    for (const id of [sessionId, 'ses_never']) {
      expect(await outcome(exchange(bridge, id, as('bob')))).toEqual([404, 'not_found']);
      expect(await outcome(ask(bridge, sessionPath(id), as('bob')))).toEqual([404, 'not_found']);
      const closing = await ask(bridge, sessionPath(id), { method: 'DELETE', ...as('bob') });
      expect([closing.status, await closing.json()]).toEqual([200, { status: 'closed' }]);
    }
    const list = async (name: string) => (await ask(bridge, ENDPOINTS.session, as(name))).json();
    expect(await list('bob')).toEqual({ sessions: [] });
    expect(await list('root')).toMatchObject({ sessions: [{ session_id: sessionId }] });
    expect(host.live).toHaveLength(1);
  });

  it('is a conversation that is not yours, or one without a name for who has only some', async () => {
    const { bridge } = startWithPeople();
    for (const body of [{ conversation_id: 'b1' }, undefined]) {
      const { response } = await open(bridge, body, as('ann'));
      expect(await outcome(response)).toEqual([403, 'forbidden']);
    }
    expect((await open(bridge, undefined, as('root'))).response.status).toBe(200);
  });

  it('is anything without the scope for it', async () => {
    const { bridge } = startWithPeople();
    const { sessionId } = await open(bridge, { conversation_id: 'a1' }, as('ann'));
    const typist = as('typist');
    expect(await outcome((await open(bridge, {}, typist)).response)).toEqual([403, 'forbidden']);
    expect(await outcome(exchange(bridge, sessionId, typist))).toEqual([403, 'forbidden']);
    expect(await outcome(ask(bridge, ENDPOINTS.session, typist))).toEqual([403, 'forbidden']);
    expect(await outcome(ask(bridge, sessionPath(sessionId), { method: 'DELETE', ...typist }))).toEqual([
      403,
      'forbidden',
    ]);
  });

  it.each([undefined, 'nobody'])('is anything for %s', async (name) => {
    const { bridge } = startWithPeople();
    const { sessionId } = await open(bridge, { conversation_id: 'a1' }, as('ann'));
    const who = name === undefined ? {} : as(name);
    expect(await outcome((await open(bridge, undefined, who)).response)).toEqual([401, 'unauthorized']);
    expect(await outcome(exchange(bridge, sessionId, who))).toEqual([401, 'unauthorized']);
    expect(await outcome(ask(bridge, ENDPOINTS.session, who))).toEqual([401, 'unauthorized']);
    expect(await outcome(ask(bridge, sessionPath(sessionId), who))).toEqual([401, 'unauthorized']);
  });
});

describe('a session that waits for people', () => {
  it('takes the place of the one the conversation had', async () => {
    const { bridge, host } = start();
    await openBridge(bridge, 'c');
    await open(bridge, { conversation_id: 'c' });
    expect(host.sessions.map((session) => session.told('close').map(({ reason }) => reason))).toEqual([
      ['replaced'],
      [],
    ]);
  });

  it('goes on waiting when somebody was answered and did not come', async () => {
    const { bridge, host, clock } = start({}, { connects: false });
    const { sessionId } = await open(bridge);
    await exchange(bridge, sessionId);
    await clock.advanceAsync(15_000);
    expect(host.last.told('removeParticipant')).toHaveLength(1);
    expect(host.live).toHaveLength(1);
  });

  it('whose model cannot be had is not there', async () => {
    const { bridge } = start({}, { model: { code: 'model_rejected', message: 'No.' } });
    expect(await outcome((await open(bridge)).response)).toEqual([502, 'model_rejected']);
    expect(await (await ask(bridge, ENDPOINTS.session)).json()).toEqual({ sessions: [] });
  });
});
