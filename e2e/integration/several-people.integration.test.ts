import { createVoiceBridge, type VoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import type { ServerControlMessage, TranscriptEntry } from '@voice-bridge/core';
import { type ScriptedRealtime, startScriptedRealtime, toneText } from '@voice-bridge/local-realtime/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BridgeClient, type ClientWishes } from './support/bridge-client.ts';

let model: ScriptedRealtime;
let bridge: VoiceBridge;
let server: { readonly url: string; close(): Promise<void> };
const clients: BridgeClient[] = [];
let conversations = 0;

beforeAll(async () => {
  model = await startScriptedRealtime({});
  bridge = createVoiceBridge({
    model: { baseUrl: model.url, apiKey: 'sk-test' },
    authorize: (request) => {
      const subject = request.headers.get('authorization')?.replace('Bearer ', '');
      return subject === undefined ? null : { subject, conversations: 'any' };
    },
    limits: { participants: 3 },
  });
  server = await listen(bridge, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
  await bridge.close();
  await model.close();
});

let ada: BridgeClient;
let bob: BridgeClient;
let eve: BridgeClient;

beforeEach(async () => {
  conversations++;
  ada = await enter('ada', { name: 'Ada' });
  bob = await enter('bob', { join: true, name: 'Bob' });
  eve = await enter('eve', { join: true, name: 'Eve' });
  await ada.waitFor('participants', ({ participants }) => participants.length === 3);
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.vanish();
  await bridge.sessions.close(conversationId());
});

describe('three people in one session', () => {
  it('are heard one after the other, each by name, and all hear every answer [S-1.3] [S-1.6] [S-1.10] [S-1.19] [S-4.4] [S-4.12]', async () => {
    for (const [client, sentence, answer] of [
      [ada, 'ada is here', 'hello ada.'],
      [bob, 'so is bob', 'hello bob.'],
      [eve, 'and eve', 'hello eve.'],
    ] as const) {
      model.script([{ type: 'sentence', text: answer }]);
      const saidAt = await client.microphone.say(tones(sentence));
      for (const each of clients) {
        const told = await each.waitFor('transcript', isFinalLine);
        expect(told.entry).toMatchObject({ text: sentence, participant_id: client.participantId });
        await each.waitFor('assistant', ({ state }) => state === 'speaking');
        await each.waitFor('assistant', ({ state }) => state === 'idle');
      }
      for (const each of clients) expect(each.heardText(saidAt)).toBe(answer);
    }
  });

  it('see each other, and who speaks [S-0.46] [S-1.35] [S-1.38]', async () => {
    const names = eve
      .all('joined')
      .at(0)
      ?.participants?.map(({ name }) => name);
    expect(names).toEqual(['Ada', 'Bob', 'Eve']);
    void bob.microphone.say(tones('this is bob who speaks'));
    const loud = await ada.waitFor('levels', ({ active }) => active === bob.participantId);
    expect(levelOf(loud, bob.participantId)).toBeGreaterThan(0.02);
    expect(levelOf(loud, eve.participantId)).toBeLessThan(0.01);
    await ada.waitFor('levels', (later) => levelOf(later, bob.participantId) < 0.01);
  });

  it('type, each in their own name', async () => {
    model.script([{ type: 'sentence', text: 'so you say.' }]);
    bob.send({ type: 'text', text: 'bob typed this' });
    const { entry } = await eve.waitFor('transcript', ({ entry: each }) => each.text === 'bob typed this');
    expect(entry.participant_id).toBe(bob.participantId);
  });
});

describe('who opened the session', () => {
  it('mutes others, whom nobody hears until they are let speak again [S-1.39]', async () => {
    ada.send({ type: 'set_participant', participant_id: bob.participantId, muted: true });
    await bob.waitFor('participants', mutedIs(bob, true));
    // Bob cannot help himself.
    bob.send({ type: 'mute', muted: false });
    await bob.microphone.say(tones('nobody hears this'));
    await eve.microphone.say(tones('but this'));
    await eve.waitFor('transcript', isFinalLine);
    ada.send({ type: 'set_participant', participant_id: bob.participantId, muted: false });
    await bob.waitFor('participants', mutedIs(bob, false));
    await bob.microphone.say(tones('and now this'));
    await eve.waitFor('transcript', isFinalLine);
    expect(linesOf(eve)).toEqual(['but this', 'and now this']);
  });

  it('takes others out: they are told, and the session goes on without them', async () => {
    ada.send({ type: 'remove_participant', participant_id: bob.participantId });
    expect(await bob.waitFor('closed')).toMatchObject({ reason: 'kicked', code: 'participant_removed' });
    const { participants } = await eve.waitFor('participants', (message) => message.participants.length === 2);
    expect(participants.map(({ name }) => name)).toEqual(['Ada', 'Eve']);
    await bob.until(() => bob.state === 'closed', 'end of the connection');
    await eve.microphone.say(tones('still here'));
    await ada.waitFor('transcript', isFinalLine);
    expect(linesOf(ada)).toEqual(['still here']);
  });

  it('lets in a listener, and gives them a voice [S-0.49]', async () => {
    await eve.vanish();
    await ada.waitFor('participants', ({ participants }) => participants.length === 2);
    const listener = await enter('lis', { join: true, name: 'Lis', role: 'listener' });
    await listener.microphone.say(tones('too early'));
    // Half a second of silence: the last of it is under way for a while.
    await listener.microphone.say(new Int16Array(8_000));
    ada.send({ type: 'set_participant', participant_id: listener.participantId, role: 'speaker' });
    await listener.waitFor('participants', ({ participants }) => participants.at(-1)?.role === 'speaker');
    await listener.microphone.say(tones('at last'));
    await ada.waitFor('transcript', isFinalLine);
    expect(linesOf(ada)).toEqual(['at last']);
  });
});

describe('everybody else', () => {
  it('may not change others, nor come in when it is full', async () => {
    bob.send({ type: 'set_participant', participant_id: ada.participantId, muted: true });
    expect(await bob.waitFor('error')).toMatchObject({ code: 'forbidden' });
    bob.send({ type: 'remove_participant', participant_id: eve.participantId });
    expect(await bob.waitFor('error')).toMatchObject({ code: 'forbidden' });
    bob.send({ type: 'set_participant', participant_id: bob.participantId, gain: 4 });
    expect(await bob.waitFor('error')).toMatchObject({ code: 'forbidden' });
    await expect(enter('late', { join: true })).rejects.toThrow('too_many_participants');
    expect(bridge.sessions.get(conversationId())?.participants).toHaveLength(3);
  });

  it('is not disturbed by one whose network dies in the middle of a word', async () => {
    void bob.microphone.say(tones('this sentence will never be said to its end'));
    await eve.waitFor('speech', ({ state }) => state === 'started');
    await bob.vanish();
    await eve.waitFor('participants', ({ participants }) => participants.length === 2);
    await eve.waitFor('speech', ({ state }) => state === 'stopped');
    await ada.microphone.say(tones('go on'));
    await eve.waitFor('transcript', ({ entry }) => entry.text === 'go on');
  });
});

/** A sentence as sound that the scripted model reads. */
function tones(text: string): Int16Array {
  return toneText(text, { sampleRateHz: 16_000 });
}

type Line = { readonly entry: TranscriptEntry };

function levelOf({ levels }: Extract<ServerControlMessage, { type: 'levels' }>, participantId: string): number {
  return levels.find((each) => each.participant_id === participantId)?.level ?? 0;
}

function isFinalLine({ entry }: Line): boolean {
  return entry.role === 'user' && entry.state === 'final';
}

/** What users said, as this client was told. */
function linesOf(client: BridgeClient): string[] {
  const lines = client.all('transcript').filter(isFinalLine);
  return [...new Map(lines.map(({ entry }) => [entry.id, entry.text])).values()];
}

function conversationId(): string {
  return `several-${conversations}`;
}

async function enter(token: string, wishes: Omit<ClientWishes, 'token'>): Promise<BridgeClient> {
  const client = await BridgeClient.connect(server.url, conversationId(), { token, ...wishes });
  clients.push(client);
  return client;
}

function mutedIs(client: BridgeClient, muted: boolean) {
  return ({ participants }: { participants: readonly { participant_id: string; muted: boolean }[] }) =>
    participants.some((each) => each.participant_id === client.participantId && each.muted === muted);
}
