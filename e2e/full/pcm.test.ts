import { createVoiceBridge, type VoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { ENDPOINTS, parseValue, sessionPath, sessionResponseSchema } from '@voice-bridge/core';
import { type ScriptedRealtime, startScriptedRealtime } from '@voice-bridge/local-realtime/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PcmClient } from './support/pcm-client.ts';
import { bySdp, byVoiceOffer, dialChannel, dialSpeech } from './support/pcm-ways.ts';
import { shareOf } from './support/share-of.ts';

const WAIT = { timeout: 15_000 };
/** Share of what was said that is heard by who heard it, at the least. */
const LIKE = 0.3;
/** A pause that a busy machine makes in the middle of a sentence does not end it. */
const PATIENT = { type: 'server_vad', silence_duration_ms: 2_000 } as const;

let model: ScriptedRealtime;
let bridge: VoiceBridge;
let server: { readonly url: string; close(): Promise<void> };
const clients: PcmClient[] = [];

beforeAll(async () => {
  model = await startScriptedRealtime({});
  bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'sk-test', turnDetection: PATIENT } });
  server = await listen(bridge, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  await bridge.close();
  await model.close();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const { conversationId } of bridge.sessions.list()) await bridge.sessions.close(conversationId);
});

describe('clients that speak PCM', () => {
  it('[S-3.10] [S-1.17] are understood over a WebSocket, and hear the answer at the pace of speech', async () => {
    const ada = await overWebSocket('alone');
    model.script([{ type: 'sentence', text: 'hello ada, i hear you perfectly well.' }]);
    await ada.say('this is ada, do you hear me well');
    await understood(ada, 'this is ada, do you hear me well');
    await answered(ada, 'hello ada, i hear you perfectly well.');
    expect(ada.heard.every(({ pcm }) => pcm.length === 480)).toBe(true);
    // A busy machine may hold some of it back, and none of it comes before it is due.
    expect(ada.pace.heardMs).toBeGreaterThan(1_500);
    expect(ada.pace.tookMs).toBeGreaterThan(ada.pace.heardMs - 500);
  });

  it('[S-1.9] [S-4.11] are understood over a data channel without order, in bursts, and hear the answer', async () => {
    const bob = await overChannel('channel');
    model.script([{ type: 'sentence', text: 'good morning bob, you sound as if next door.' }]);
    await bob.say('bob is here too, over a channel', 4);
    await understood(bob, 'bob is here too, over a channel');
    await answered(bob, 'good morning bob, you sound as if next door.');
  });

  it('[S-1.14] [S-1.15] [S-1.16] [S-1.19] as the first of the earlier systems had it: a session is opened, two join it by SDP, each is understood, both hear the answer, and it is closed', async () => {
    const opening = await fetch(`${server.url}${ENDPOINTS.session}`, { method: 'POST' });
    const opened = parseValue(sessionResponseSchema, await opening.json());
    const sessionId = opened.ok ? opened.value.session_id : '';
    for (let each = 0; each < 2; each++) await joined(new PcmClient(await dialChannel(bySdp(server.url, sessionId))));
    for (const [index, [words, answer]] of [
      ['the first one asks for tea', 'tea is on its way to you.'],
      ['the second one wants some cake', 'there is no cake left, sorry.'],
    ].entries()) {
      for (const each of clients) each.heard.length = 0;
      model.script([{ type: 'sentence', text: answer ?? '' }]);
      await clients[index]?.say(words ?? '');
      for (const each of clients) {
        await understood(each, words ?? '');
        await answered(each, answer ?? '');
      }
    }
    const closing = await fetch(`${server.url}${sessionPath(sessionId)}`, { method: 'DELETE' });
    expect(await closing.json()).toEqual({ status: 'closed' });
    for (const each of clients) {
      await expect.poll(() => each.messages.at(-1), WAIT).toEqual({ type: 'closed', reason: 'stopped' });
    }
  });

  it('[S-4.4] share a session whatever they come by: each is understood in turn, and all hear every answer', async () => {
    const ada = await overWebSocket('both');
    const bob = await overChannel('both');
    for (const [client, words, answer] of [
      [ada, 'it is ada again, with news', 'welcome back to the kitchen.'],
      [bob, 'so much for bob, and thank you', 'my pleasure, see you soon.'],
    ] as const) {
      for (const each of clients) each.heard.length = 0;
      model.script([{ type: 'sentence', text: answer }]);
      await client.say(words);
      for (const each of [ada, bob]) {
        await understood(each, words);
        await answered(each, answer);
      }
    }
    expect(bridge.sessions.participants('both')?.map(({ transport }) => transport)).toEqual([
      'websocket',
      'data_channel',
    ]);
  });
});

async function understood(client: PcmClient, words: string): Promise<void> {
  await expect.poll(() => shareOf(words, client.lines.join(' ')), WAIT).toBeGreaterThan(LIKE);
}

async function answered(client: PcmClient, words: string): Promise<void> {
  await expect.poll(() => client.wasAnswered, WAIT).toBe(true);
  await expect.poll(() => shareOf(words, client.heardText()), WAIT).toBeGreaterThan(LIKE);
}

async function overWebSocket(conversationId: string): Promise<PcmClient> {
  const client = new PcmClient(await dialSpeech(server.url));
  client.send({ type: 'start', conversation_id: conversationId });
  return joined(client);
}

async function overChannel(conversationId: string): Promise<PcmClient> {
  return joined(new PcmClient(await dialChannel(byVoiceOffer(server.url, { conversation_id: conversationId }))));
}

async function joined(client: PcmClient): Promise<PcmClient> {
  clients.push(client);
  await expect.poll(() => client.messages.some(({ type }) => type === 'joined'), WAIT).toBe(true);
  return client;
}
