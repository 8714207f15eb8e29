import { createVoiceBridge, tool, type VoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { type LocalRealtime, startLocalRealtime } from '@voice-bridge/local-realtime';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { BridgeClient } from './support/bridge-client.ts';
import { spoken } from './support/voice.ts';

const KEY = 'sk-canary-4c1b77';
const skip = skipWithout({ 'the recogniser (pocketsphinx)': hasRecogniser });

let model: LocalRealtime;
let bridge: VoiceBridge;
let url: string;
let close: () => Promise<void>;
let voice: { lamp: Int16Array; stop: Int16Array };
const lamp: string[] = [];
const clients: BridgeClient[] = [];

beforeAll(async () => {
  model = await startLocalRealtime();
  voice = await spoken(model.url, { lamp: 'set the lamp to green', stop: 'never mind' });
  const house = await startBridge(model.url);
  ({ bridge, url, close } = house);
});

afterAll(async () => {
  await close();
  await model.close();
});

afterEach(async () => {
  lamp.length = 0;
  for (const client of clients.splice(0)) await client.vanish();
  for (const { conversationId } of bridge.sessions.list()) await bridge.sessions.close(conversationId);
  expect(model.callCount).toBe(0);
});

describe('the bridge and a real speech model', () => {
  it('answers a typed line aloud [S-2.1] [S-2.5] [S-2.8] [S-3.5]', async () => {
    const client = await connect('typed');
    client.send({ type: 'text', text: 'what is your name' });
    await client.waitFor('assistant', ({ state }) => state === 'speaking');
    await client.waitFor('assistant', ({ state }) => state === 'idle');
    expect(client.lastLine('user')).toBe('what is your name');
    expect(client.lastLine('assistant')).toMatch(/^I am the local model/);
    expect(client.loudness().filter(({ level }) => level > 500).length).toBeGreaterThan(20);
  });

  it.skipIf(skip)(
    'understands speech, runs the tool once on the server and says the result [S-1.2] [S-1.6] [S-1.10] [S-1.20] [S-2.1] [S-3.1] [S-4.12]',
    async () => {
      const client = await connect('spoken');
      const saidAt = await client.microphone.say(voice.lamp);
      const done = await client.waitFor('tool_call', ({ tool_call: call }) => call.state === 'done');
      expect(done.tool_call).toMatchObject({ name: 'set_lamp', state: 'done' });
      expect(lamp).toEqual(['green']);
      await client.waitFor('assistant', ({ state }) => state === 'speaking');
      await client.until(() => client.loudness(saidAt).some(({ level }) => level > 500), 'answer aloud');
      await client.waitFor('assistant', ({ state }) => state === 'idle');
      expect(client.lastLine('user')).toContain('green');
      expect(client.all('speech').map(({ state }) => state)).toEqual(['started', 'stopped']);
      expect(client.all('tool_call').map(({ tool_call: call }) => call.state)).toEqual(['running', 'done']);
    },
  );

  it('ends the turn of a speaker who is cut off in the middle of a word', async () => {
    const client = await connect('cut');
    client.microphone.say(voice.lamp);
    await client.waitFor('speech', ({ state }) => state === 'started');
    client.microphone.stop();
    await client.waitFor('speech', ({ state }) => state === 'stopped', 5_000);
  });

  it('falls silent within 300 ms of being interrupted by speech', async () => {
    const client = await connect('interrupted');
    client.send({ type: 'text', text: 'tell me a story' });
    await client.until(() => client.loudness().some(({ level }) => level > 500), 'story');
    void client.microphone.say(voice.stop);
    const started = await client.waitFor('speech', ({ state }) => state === 'started');
    const stopped = await client.waitFor('speech', ({ state }) => state === 'stopped');
    const stale = client.loudness(started.at).filter(({ at, level }) => at < stopped.at && level > 100);
    expect((stale.at(-1)?.at ?? started.at) - started.at).toBeLessThanOrEqual(3 * 300);
    const line = client.all('transcript').findLast(({ entry }) => entry.text.startsWith('Once upon'));
    expect(line?.entry.state).toBe('interrupted');
  });

  it('falls silent when a client says so', async () => {
    const client = await connect('interrupt-message');
    client.send({ type: 'text', text: 'tell me a story' });
    await client.until(() => client.loudness().some(({ level }) => level > 500), 'story');
    client.send({ type: 'interrupt' });
    await client.waitFor('assistant', ({ state }) => state === 'idle');
    const silentAt = performance.now();
    await client.postText('how are you');
    await client.waitFor('transcript', ({ entry }) => entry.role === 'assistant' && entry.state === 'final');
    expect(client.lastLine('assistant')).toBe('I am fine, thank you.');
    await client.until(() => client.loudness(silentAt).some(({ level }) => level > 500), 'next answer aloud');
  });

  it('keeps two conversations apart [S-0.12]', async () => {
    const [one, two] = await Promise.all([connect('one'), connect('two')]);
    one.send({ type: 'text', text: 'what is your name' });
    two.send({ type: 'text', text: 'how are you' });
    await Promise.all(
      [one, two].map((client) =>
        client.waitFor('transcript', ({ entry }) => entry.role === 'assistant' && entry.state === 'final'),
      ),
    );
    expect(one.lastLine('assistant')).toMatch(/^I am the local model/);
    expect(two.lastLine('assistant')).toBe('I am fine, thank you.');
    expect(one.sessionId).not.toBe(two.sessionId);
    expect(model.callCount).toBe(2);
    await one.delete();
    await one.waitFor('closed');
    two.send({ type: 'text', text: 'thank you' });
    await two.waitFor('transcript', ({ entry }) => entry.text === 'You are welcome.');
  });

  it('hangs up at the model when a session is stopped, left or abandoned [S-2.4] [S-2.16]', async () => {
    const stopped = await connect('stopped');
    expect(model.callCount).toBe(1);
    await stopped.delete();
    expect(model.callCount).toBe(0);
    expect((await stopped.waitFor('closed')).reason).toBe('stopped');

    const left = await connect('left');
    left.send({ type: 'leave' });
    expect((await left.waitFor('closed')).reason).toBe('left');
    await expect.poll(() => bridge.sessions.list()).toEqual([]);
    expect(model.callCount).toBe(0);
  });

  it('tells the client within a second when the model dies in the middle of a sentence', async () => {
    const mortal = await startLocalRealtime();
    const house = await startBridge(mortal.url);
    try {
      const client = await BridgeClient.connect(house.url, 'mortal');
      clients.push(client);
      client.send({ type: 'text', text: 'tell me a story' });
      await client.until(() => client.loudness().some(({ level }) => level > 500), 'story');
      const killedAt = performance.now();
      await mortal.close();
      const closed = await client.waitFor('closed');
      expect(closed).toMatchObject({ reason: 'model_closed', code: 'model_closed' });
      expect(closed.at - killedAt).toBeLessThan(1_000);
      await expect.poll(() => house.bridge.sessions.list()).toEqual([]);
    } finally {
      await house.close();
      await mortal.close();
    }
  });
});

async function connect(conversationId: string): Promise<BridgeClient> {
  const client = await BridgeClient.connect(url, conversationId);
  clients.push(client);
  return client;
}

async function startBridge(baseUrl: string) {
  const created = createVoiceBridge({
    model: { baseUrl, apiKey: KEY },
    tools: {
      set_lamp: tool({
        description: 'Switch the lamp to a colour',
        input: z.object({ colour: z.enum(['red', 'green', 'blue']).describe('The colour') }),
        run: async ({ colour }) => {
          lamp.push(colour);
          return { say: `The lamp is ${colour} now.` };
        },
      }),
    },
  });
  const server = await listen(created, { host: '127.0.0.1', port: 0 });
  return {
    bridge: created,
    url: server.url,
    close: async () => {
      await server.close();
      await created.close();
    },
  };
}
