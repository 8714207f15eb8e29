import { once } from 'node:events';
import {
  bytesToPcm16,
  CONTROL_CHANNEL_LABEL,
  ENDPOINTS,
  parseValue,
  type VoiceDescription,
  voiceDescriptionSchema,
} from '@voice-bridge/core';
import { createMediaConnection } from '@voice-bridge/media-node';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { listen } from './control-plane/http/listen.ts';
import { systemClock } from './seam/system-clock.ts';
import { startLoopbackModel } from './testing/loopback-model.ts';
import { createVoiceBridge } from './voice-bridge.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('voice over real connections', () => {
  it('[S-3.10] [S-3.29] plays a recording to clients over WebSockets at its own pace; one that does not read disturbs nobody', async () => {
    const { bridge, url } = await start();
    const ada = await speech(url);
    const bob = await speech(url);
    bob.socket.pause();
    const startedAt = performance.now();
    await bridge.sessions.play('kitchen', ramp);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    await expect.poll(() => ada.samples().length).toBeGreaterThan(0.8 * ramp.length);
    expect(ada.samples().every((sample, index, all) => index === 0 || sample > (all[index - 1] ?? 0))).toBe(true);
    bob.socket.resume();
    await expect.poll(() => bob.samples().length).toBeGreaterThan(0);
    expect(bridge.sessions.participants('kitchen')).toHaveLength(2);
  });

  it('[S-3.10] lets a client in that answers an offer of the bridge', async () => {
    const { bridge, url } = await start();
    const made = await post(url, ENDPOINTS.voiceOffer, { type: 'offer', conversation_id: 'kitchen' });
    const description = parseValue(voiceDescriptionSchema, await made.json());
    const { sdp, peer_id } = description.ok ? description.value : NOTHING;
    const connection = createMediaConnection({
      clock: systemClock,
      dialCandidates: true,
      additionalHostAddresses: ['127.0.0.1'],
    });
    cleanups.push(() => connection.close());
    const told: string[] = [];
    connection.on('channel', (channel) => {
      expect(channel.label).toBe(CONTROL_CHANNEL_LABEL);
      channel.receive((message) => told.push(String(message)));
    });
    const answer = await connection.answerOffer(sdp);
    const taken = await post(url, ENDPOINTS.voiceAnswer, { peer_id, sdp: answer });
    expect(taken.status).toBe(204);
    await connection.whenConnected();
    await expect.poll(() => told[0]).toContain('"joined"');
    expect(bridge.sessions.participants('kitchen')).toMatchObject([{ participantId: peer_id, transport: 'webrtc' }]);
  });
});

const NOTHING: Pick<VoiceDescription, 'sdp' | 'peer_id'> = { sdp: '', peer_id: '' };
/** A second of sound that only rises: what is lost or repeated of it shows. */
const ramp = Int16Array.from({ length: 24_000 }, (_, index) => index + 1);

async function start() {
  const model = await startLoopbackModel();
  const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'sk-loopback' } });
  const server = await listen(bridge, { port: 0 });
  cleanups.push(
    () => model.close(),
    () => server.close(),
    () => bridge.close(),
  );
  return { bridge, url: server.url };
}

function post(url: string, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function speech(url: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${ENDPOINTS.speech}`);
  cleanups.push(() => socket.terminate());
  const heard: Int16Array[] = [];
  const told: string[] = [];
  socket.on('message', (data, isBinary) => {
    if (isBinary && Buffer.isBuffer(data)) heard.push(bytesToPcm16(data));
    else told.push(String(data));
  });
  await once(socket, 'open');
  socket.send('{"type":"start","conversation_id":"kitchen"}');
  await expect.poll(() => told.some((text) => text.includes('"joined"'))).toBe(true);
  return { socket, samples: () => heard.flatMap((pcm) => [...pcm].filter((sample) => sample !== 0)) };
}
