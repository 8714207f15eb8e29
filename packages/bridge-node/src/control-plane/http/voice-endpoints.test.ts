import { once } from 'node:events';
import { ENDPOINTS, parseJson, type VoiceDescription, voiceDescriptionSchema } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import type { VoiceBridge } from '../voice-bridge-interface.ts';
import { listen } from './listen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const CANDIDATE = { candidate: 'candidate:1 1 udp 1 192.0.2.1 5000 typ host', sdpMid: '0', sdpMLineIndex: 0 };

describe('voice over HTTP', () => {
  it('[S-3.10] [S-4.11] answers an offer in a session of its own, or in the one of its conversation', async () => {
    const { host, bridge } = start();
    const alone = await offer(bridge, { sdp: OFFER, name: 'Ada' });
    expect(alone).toMatchObject({ type: 'answer', session_id: host.last.options.sessionId });
    expect(alone.sdp).toContain('answer');
    expect(host.last.told('join')).toMatchObject([{ participantId: alone.peer_id, offer: OFFER, name: 'Ada' }]);
    await openBridge(bridge, 'kitchen');
    const { session_id: sessionId } = await offer(bridge, { sdp: OFFER, conversation_id: 'kitchen' });
    expect([host.sessions.length, sessionId]).toEqual([2, host.last.options.sessionId]);
  });

  it('[S-3.10] makes an offer when there is none, and takes the answer to it', async () => {
    const { host, bridge } = start();
    const made = await offer(bridge, {});
    expect(made.type).toBe('offer');
    expect(bridge.sessions.participants(made.conversation_id)).toEqual([]);
    const response = await post(bridge, ENDPOINTS.voiceAnswer, { type: 'answer', peer_id: made.peer_id, sdp: OFFER });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(host.last.told('answerJoin')).toEqual([{ type: 'answerJoin', participantId: made.peer_id, answer: OFFER }]);
    await expect.poll(() => bridge.sessions.participants(made.conversation_id)).toHaveLength(1);
  });

  it('[S-3.11] takes candidates, and needs none', async () => {
    const { bridge } = start();
    const { peer_id } = await offer(bridge, { sdp: OFFER });
    for (const candidate of [CANDIDATE, { candidate: '' }, null]) {
      expect((await post(bridge, ENDPOINTS.voiceIce, { peer_id, candidate })).status).toBe(204);
    }
    const wrong = await post(bridge, ENDPOINTS.voiceIce, { peer_id, candidate: { candidate: 7 } });
    expect(await outcome(wrong)).toEqual([400, 'invalid_request']);
  });

  it('refuses what is no offer before anything is dialled, and what is no answer', async () => {
    const { host, bridge } = start();
    const wrong = await post(bridge, ENDPOINTS.voiceOffer, { type: 'offer', sdp: 'hello' });
    expect(await outcome(wrong)).toEqual([400, 'invalid_offer']);
    expect(host.sessions).toEqual([]);
    const { peer_id } = await offer(bridge, {});
    const answer = await post(bridge, ENDPOINTS.voiceAnswer, { peer_id, sdp: 'hello' });
    expect(await outcome(answer)).toEqual([400, 'invalid_offer']);
    expect(host.last.told('answerJoin')).toEqual([]);
  });

  it('knows nobody who is not there, and nobody who is somebody else’s', async () => {
    const authorize = (request: Request) => {
      const subject = request.headers.get('authorization') ?? '';
      return { subject, conversations: subject === '' ? ['kitchen'] : ('any' as const) };
    };
    const { bridge } = start({ authorize });
    const headers = { authorization: 'Bearer ann' };
    const { peer_id } = await offer(bridge, {}, headers);
    for (const [path, body] of [
      [ENDPOINTS.voiceAnswer, { sdp: OFFER }],
      [ENDPOINTS.voiceIce, { candidate: null }],
    ] as const) {
      expect(await outcome(await post(bridge, path, { peer_id, ...body }))).toEqual([404, 'not_found']);
      const nobody = await post(bridge, path, { peer_id: 'par_nobody', ...body }, { headers });
      expect(await outcome(nobody)).toEqual([404, 'not_found']);
      const another = await post(bridge, path, { peer_id, ...body }, { headers: { authorization: 'Bearer root' } });
      expect(await outcome(another)).toEqual([404, 'not_found']);
      expect((await post(bridge, path, { peer_id, ...body }, { headers })).status).toBe(204);
    }
    const elsewhere = await post(bridge, ENDPOINTS.voiceOffer, { type: 'offer', sdp: OFFER });
    expect(await outcome(elsewhere)).toEqual([403, 'forbidden']);
  });
});

describe('signaling on the WebSocket for speech', () => {
  it('[S-3.11] answers an offer, takes candidates, and leaves the peer alone when it closes', async () => {
    const { host, bridge } = start();
    const { socket, descriptions } = await dial(bridge);
    socket.send(JSON.stringify({ type: 'ice', candidate: CANDIDATE }));
    socket.send(JSON.stringify({ type: 'offer', sdp: OFFER, conversation_id: 'kitchen' }));
    await expect.poll(() => descriptions).toMatchObject([{ type: 'answer', conversation_id: 'kitchen' }]);
    socket.send(JSON.stringify({ type: 'ice', candidate: CANDIDATE }));
    socket.close();
    await once(socket, 'close');
    expect(host.last.told('removeParticipant')).toEqual([]);
    expect(bridge.sessions.participants('kitchen')).toHaveLength(1);
  });

  it('takes one offer at a time', async () => {
    const { host, bridge } = start({}, { model: 'hangs' });
    const { socket, descriptions } = await dial(bridge);
    for (let offers = 0; offers < 2; offers++) socket.send(JSON.stringify({ type: 'offer', sdp: OFFER }));
    const [refusal] = await once(socket, 'message');
    expect(String(refusal)).toContain('"code":"invalid_message"');
    expect(host.sessions).toHaveLength(1);
    host.last.emit({ type: 'opened' });
    await expect.poll(() => descriptions).toHaveLength(1);
    socket.send(JSON.stringify({ type: 'offer', sdp: OFFER, conversation_id: descriptions[0]?.conversation_id }));
    await expect.poll(() => descriptions).toHaveLength(2);
  });

  it('[S-3.11] makes an offer, and takes the answer to it', async () => {
    const { host, bridge } = start();
    const { socket, descriptions } = await dial(bridge);
    socket.send('{"type":"offer"}');
    await expect.poll(() => descriptions).toMatchObject([{ type: 'offer' }]);
    socket.send(JSON.stringify({ type: 'answer', sdp: OFFER }));
    await expect.poll(() => host.last.told('answerJoin')).toMatchObject([{ participantId: descriptions[0]?.peer_id }]);
  });

  it.each([
    ['an answer to nothing', { type: 'answer', sdp: OFFER }, 4422],
    ['what is no offer', { type: 'offer', sdp: 'hello' }, 4422],
    ['a peer that is not there', { type: 'answer', sdp: OFFER, peer_id: 'par_x' }, 4404],
  ])('ends for %s', async (_name, message, code) => {
    const { bridge } = start();
    const { socket } = await dial(bridge);
    socket.send(JSON.stringify(message));
    const [closedWith] = await once(socket, 'close');
    expect(closedWith).toBe(code);
  });
});

function start(options: Parameters<typeof createTestBridge>[0] = {}, hostOptions: FakeSessionHostOptions = {}) {
  const host = new FakeSessionHost(hostOptions);
  return { host, bridge: createTestBridge({ authorize: 'open', ...options }, { host }) };
}

async function offer(
  bridge: VoiceBridge,
  wishes: object,
  headers: Record<string, string> = {},
): Promise<VoiceDescription> {
  const response = await post(bridge, ENDPOINTS.voiceOffer, { type: 'offer', ...wishes }, { headers });
  const parsed = parseJson(voiceDescriptionSchema, await response.text(), 10_000);
  if (!parsed.ok) throw new TypeError(`The bridge answered ${response.status}: ${parsed.problem}`);
  return parsed.value;
}

async function dial(bridge: VoiceBridge) {
  const server = await listen(bridge, { port: 0 });
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${ENDPOINTS.speech}`);
  cleanups.push(
    () => server.close(),
    () => socket.terminate(),
  );
  const descriptions: VoiceDescription[] = [];
  socket.on('message', (data) => {
    const parsed = parseJson(voiceDescriptionSchema, String(data), 10_000);
    if (parsed.ok) descriptions.push(parsed.value);
  });
  await once(socket, 'open');
  return { socket, descriptions };
}
