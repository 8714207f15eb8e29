import { once } from 'node:events';
import {
  AFTER_PARAMETER,
  CONTROL_CHANNEL_LABEL,
  ENDPOINTS,
  eventsPath,
  type FeedEvent,
  parseFeedEvent,
  parseServerControl,
  parseValue,
  participantPath,
  participantsPath,
  type ServerControlMessage,
  SUBPROTOCOL,
  sdpPath,
  sessionPath,
  sessionResponseSchema,
  sessionSummarySchema,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '@voice-bridge/core';
import { createMediaConnection } from '@voice-bridge/media-node';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { listen } from './control-plane/http/listen.ts';
import type { VoiceBridgeOptions } from './options.ts';
import { systemClock } from './seam/system-clock.ts';
import { startLoopbackModel } from './testing/loopback-model.ts';
import { createVoiceBridge } from './voice-bridge.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: VoiceBridgeOptions = {}) {
  const model = await startLoopbackModel();
  const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'sk-loopback' }, ...options });
  const server = await listen(bridge, { port: 0 });
  cleanups.push(
    () => model.close(),
    () => server.close(),
    () => bridge.close(),
  );
  return { model, bridge, url: server.url };
}

/** A client's own side: an offer with a control channel, and everything that is said there. */
function client() {
  const messages: ServerControlMessage[] = [];
  const connection = createMediaConnection({
    clock: systemClock,
    channels: [CONTROL_CHANNEL_LABEL],
    dialCandidates: true,
    additionalHostAddresses: ['127.0.0.1'],
  });
  cleanups.push(() => connection.close());
  connection.on('channel', (channel) =>
    channel.receive((message) => {
      const parsed = parseServerControl(String(message));
      if (!parsed.ok) return;
      messages.push(parsed.value);
      if (parsed.value.type === 'ping') channel.send(JSON.stringify({ type: 'pong', id: parsed.value.id }));
    }),
  );
  const told = (type: ServerControlMessage['type']) => messages.some((message) => message.type === type);
  return { connection, messages, told };
}

async function joinBySdp(url: string, sessionId: string, query: string, headers: Record<string, string> = {}) {
  const side = client();
  const response = await fetch(`${url}${sdpPath(sessionId)}?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...headers },
    body: await side.connection.createOffer(),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/sdp']);
  await side.connection.acceptAnswer(await response.text());
  await side.connection.whenConnected();
  await expect.poll(() => side.told('joined')).toBe(true);
  return side;
}

async function openSession(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${ENDPOINTS.session}`, { method: 'POST', headers });
  const parsed = parseValue(sessionResponseSchema, await response.json());
  if (!parsed.ok) throw new TypeError(`The bridge answered ${response.status}: ${parsed.problem}`);
  return parsed.value;
}

async function sessionAt(url: string, sessionId: string) {
  const response = await fetch(`${url}${sessionPath(sessionId)}`);
  const parsed = parseValue(sessionSummarySchema, await response.json());
  return parsed.ok ? parsed.value : response.status;
}

/** Everything a conversation's feed tells over a WebSocket, from the beginning. */
async function follow(url: string, conversationId: string, protocols: string[] = []) {
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}${eventsPath(conversationId)}?${AFTER_PARAMETER}=0`,
    protocols,
  );
  cleanups.push(() => socket.terminate());
  const events: FeedEvent[] = [];
  socket.on('message', (data) => {
    const parsed = parseFeedEvent(String(data));
    if (parsed.ok) events.push(parsed.value);
  });
  await once(socket, 'open');
  return { socket, events };
}

describe('a session by its id, over real HTTP and WebRTC', () => {
  it('[S-1.18] is opened, joined by two people with bare SDP, led over HTTP and closed; its feed tells all of it', async () => {
    const { url, model } = await start();
    const { session_id: sessionId, conversation_id: conversationId } = await openSession(url);
    expect(model.requests).toHaveLength(1);
    const { events } = await follow(url, conversationId);
    const ann = await joinBySdp(url, sessionId, 'name=Ann');
    const bob = await joinBySdp(url, sessionId, 'name=Bob&role=listener');
    const summary = await sessionAt(url, sessionId);
    expect(summary).toMatchObject({
      state: 'open',
      participants: [
        { name: 'Ann', role: 'speaker', transport: 'webrtc' },
        { name: 'Bob', role: 'listener' },
      ],
    });
    const list = await (await fetch(`${url}${participantsPath(conversationId)}`)).json();
    expect(list).toEqual({ participants: typeof summary === 'number' ? [] : summary.participants });
    const [annId = '', bobId = ''] =
      typeof summary === 'number' ? [] : summary.participants.map((p) => p.participant_id);

    const patch = await fetch(`${url}${participantPath(conversationId, annId)}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ muted: true, gain: 2 }),
    });
    expect(await patch.json()).toEqual({ status: 'changed' });
    await expect
      .poll(() => bob.messages.findLast((message) => message.type === 'participants'))
      .toMatchObject({ participants: [{ name: 'Ann', muted: true, gain: 2 }, { name: 'Bob' }] });
    const remove = await fetch(`${url}${participantPath(conversationId, bobId)}`, { method: 'DELETE' });
    expect(await remove.json()).toEqual({ status: 'removed' });
    await expect
      .poll(() => bob.messages.find((message) => message.type === 'closed'))
      .toMatchObject({ reason: 'kicked' });

    const closing = await fetch(`${url}${sessionPath(sessionId)}`, { method: 'DELETE' });
    expect(await closing.json()).toEqual({ status: 'closed' });
    expect(await sessionAt(url, sessionId)).toBe(404);
    await expect.poll(() => ann.told('closed')).toBe(true);
    await expect
      .poll(() => events.filter(({ type }) => type !== 'ping' && type !== 'speaker').map(({ type }) => type))
      .toEqual([
        'session_opened',
        'live',
        'assistant',
        'participant_joined',
        'participant_joined',
        'participant_changed',
        'participant_left',
        'participant_left',
        'session_closed',
      ]);
    expect(model.requests.at(-1)).toMatch(/hangup$/);
  });

  it('closes when nobody joins in time, and its model is hung up', async () => {
    const { url, model } = await start({ limits: { joinSeconds: 0.5 } });
    const { session_id: sessionId, conversation_id: conversationId } = await openSession(url);
    const { events } = await follow(url, conversationId);
    await expect
      .poll(() => events.find(({ type }) => type === 'session_closed'))
      .toMatchObject({ reason: 'connection_lost', code: 'connect_timeout' });
    expect(await sessionAt(url, sessionId)).toBe(404);
    await expect.poll(() => model.requests.at(-1)).toMatch(/hangup$/);
  });

  it('is led by who opened it and followed with a token among the subprotocols', async () => {
    const authorize = (request: Request) => {
      const subject = request.headers.get('authorization')?.replace('Bearer ', '');
      return subject === undefined ? null : ({ subject, conversations: 'any' } as const);
    };
    const { url } = await start({ authorize });
    const as = (name: string) => ({ authorization: `Bearer ${name}` });
    const { session_id: sessionId, conversation_id: conversationId } = await openSession(url, as('ann'));
    await joinBySdp(url, sessionId, 'name=Ann', as('ann'));
    await joinBySdp(url, sessionId, 'name=Bob', as('bob'));
    const { events } = await follow(url, conversationId, [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}bob`]);
    const joined = () => events.flatMap((event) => (event.type === 'participant_joined' ? event.participant_id : []));
    await expect.poll(joined).toHaveLength(2);
    const [annId = '', bobId = ''] = joined();
    const remove = (name: string, participantId: string) =>
      fetch(`${url}${participantPath(conversationId, participantId)}`, { method: 'DELETE', headers: as(name) });
    expect((await remove('bob', annId)).status).toBe(403);
    expect((await remove('ann', bobId)).status).toBe(200);
    await expect
      .poll(() => events.find(({ type }) => type === 'participant_left'))
      .toMatchObject({ participant_id: bobId });
  });

  it('[S-2.9] tells its events as a stream over HTTP, too, which ends with the bridge', async () => {
    const { url, bridge } = await start();
    const { session_id: sessionId, conversation_id: conversationId } = await openSession(url);
    await joinBySdp(url, sessionId, 'name=Ann');
    const response = await fetch(`${url}${eventsPath(conversationId)}`);
    const reading = response.text();
    await bridge.close();
    const types = [...(await reading).matchAll(/^data: (.*)$/gm)].map(([, text = '']) => {
      const parsed = parseFeedEvent(text);
      return parsed.ok ? parsed.value.type : parsed.problem;
    });
    expect(types.filter((type) => type !== 'speaker')).toEqual([
      'session_opened',
      'participant_joined',
      'live',
      'assistant',
      'participant_left',
      'session_closed',
    ]);
  });
});
