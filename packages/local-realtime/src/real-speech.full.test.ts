import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findRecogniser } from './engines/stt/recogniser-files.ts';
import { type LocalRealtime, startLocalRealtime } from './start-local-realtime.ts';
import { Callers, outline, quickSession, SPOKEN_ANSWER, USER_TURN } from './testing/call-fixture.ts';
import { testSpeech } from './testing/test-speech.ts';

const GO_FORWARD = '/usr/share/pocketsphinx/test/data/goforward.raw';
const TOOL_CALL = [
  'response.created',
  'rate_limits.updated',
  'response.output_item.added',
  'conversation.item.added',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.output_item.done',
  'conversation.item.done',
  'response.done',
];
/** Three times the wanted 450 ms: other work may be running beside this. */
const SLOWEST_ANSWER_MS = 1_350;

const noRecogniser = findRecogniser(process.env.PATH ?? '') === undefined;
const skip = missing(noRecogniser, 'pocketsphinx and its English model');
const skipRecording = missing(!existsSync(GO_FORWARD), 'the recordings of pocketsphinx-testdata') || skip;

const lamp = tool('set_lamp', 'Switch the lamp to a colour. Say "set the lamp to blue".', {
  colour: { type: 'string', enum: ['red', 'green', 'blue'] },
});
const drive = tool('drive', 'Drive. Say "go forward <meters> meters".', { meters: { type: 'integer' } });

const callers = new Callers();
let server: LocalRealtime;

beforeAll(async () => {
  server = await startLocalRealtime();
});
afterAll(() => server.close());
afterEach(async () => {
  expect(await callers.close()).toEqual([]);
  await expect.poll(() => server.callCount).toBe(0);
});

describe.skipIf(skip)('real speech', () => {
  it('[S-3.14] is understood and answered aloud, every event in order, soon', async () => {
    const client = await callers.connect(server, { session: quickSession() });
    await client.say(await testSpeech('what is your name', 16_000));
    const endOfSpeech = performance.now();
    await client.waitFor('output_audio_buffer.stopped');
    expect(outline(client)).toEqual(['session.created', ...USER_TURN, ...SPOKEN_ANSWER]);
    const [heard] = client.all('conversation.item.input_audio_transcription.completed');
    expect(heard?.transcript).toBe('what is your name');
    expect(client.all('response.output_audio_transcript.done')[0]?.transcript).toMatch(/^I am the local model/);
    expect((client.packets[0]?.at ?? Number.POSITIVE_INFINITY) - endOfSpeech).toBeLessThan(SLOWEST_ANSWER_MS);
    expect(loudness(client.heard())).toBeGreaterThan(500);
  });

  it('[S-1.20] calls a tool with what was said, and tells its result', async () => {
    const client = await callers.connect(server, { session: quickSession({ tools: [lamp] }) });
    await client.say(await testSpeech('set the lamp to green', 16_000, 'cedar'));
    const { item } = await client.waitFor('response.output_item.done');
    if (item.type !== 'function_call') throw new Error(`A ${item.type}`);
    expect(item).toMatchObject({ name: 'set_lamp', arguments: '{"colour":"green"}', status: 'completed' });
    await client.waitFor('response.done');
    expect(outline(client)).toEqual(['session.created', ...USER_TURN, ...TOOL_CALL]);
    const output = JSON.stringify({ say: 'The lamp is green now.' });
    client.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: item.call_id, output },
    });
    client.send({ type: 'response.create' });
    const { transcript } = await client.waitFor('response.output_audio_transcript.done');
    expect(transcript).toMatch(/green/);
  });

  it('does nothing about speech that is in no phrase, and says so', async () => {
    const client = await callers.connect(server, { session: quickSession({ tools: [lamp] }) });
    await client.say(await testSpeech('the committee decided to postpone the meeting', 16_000));
    const { transcript } = await client.waitFor('response.output_audio_transcript.done');
    expect(transcript).toMatch(/^I did not catch that\./);
    expect(client.all('response.function_call_arguments.done')).toEqual([]);
    expect(client.all('conversation.item.input_audio_transcription.completed')[0]?.transcript).toBe('');
  });

  it('[S-2.11] interrupts a story, and the story is cut where it was', async () => {
    const client = await callers.connect(server, { session: quickSession() });
    const stop = await testSpeech('stop', 16_000);
    await client.say(await testSpeech('tell me a story', 16_000));
    await client.until(() => client.packets.length >= 75, 'the story');
    await client.say(stop);
    const { item_id } = await client.waitFor('conversation.item.truncated');
    expect(client.all('response.done')[0]?.response).toMatchObject({ status: 'cancelled' });
    await client.waitFor('response.created');
    client.send({ type: 'conversation.item.retrieve', item_id });
    const { item } = await client.waitFor('conversation.item.retrieved');
    const told = client.all('response.output_audio_transcript.done')[0]?.transcript ?? '';
    const kept =
      item.type === 'message' && item.content[0]?.type === 'output_audio' ? item.content[0].transcript : null;
    expect(kept?.length).toBeGreaterThan(0);
    expect(kept?.length).toBeLessThan(told.length);
    expect(told.startsWith(kept ?? 'nothing')).toBe(true);
  });

  it('keeps two callers apart', async () => {
    const said = ['what is your name', 'tell me a joke'];
    const clients = await Promise.all(said.map(() => callers.connect(server, { session: quickSession() })));
    await Promise.all(clients.map(async (client, index) => client.say(await testSpeech(said[index] ?? '', 16_000))));
    const heard = clients.map((client) => client.waitFor('conversation.item.input_audio_transcription.completed'));
    expect((await Promise.all(heard)).map(({ transcript }) => transcript)).toEqual(said);
  });

  it('[S-2.11] commits what was said when the microphone dies mid-word', async () => {
    const client = await callers.connect(server, { session: quickSession() });
    const speaking = client.say(await testSpeech('tell me a story about the sea and the wind', 16_000));
    await client.waitFor('input_audio_buffer.speech_started');
    client.microphone.stop();
    await speaking;
    await client.waitFor('input_audio_buffer.committed');
    await client.waitFor('response.done');
  });
});

describe('silence and hints', () => {
  it('starts no turn', async () => {
    const client = await callers.connect(server, { session: quickSession() });
    await client.say(new Int16Array(16_000));
    expect(client.types()).toEqual(['session.created']);
  });

  it('tells what one can say to the tools of a session', async () => {
    await callers.connect(server, { session: quickSession({ tools: [lamp] }) });
    expect(server.hints()).toContain('set the lamp to red');
    expect(server.hints([])).not.toContain('set the lamp to red');
    expect(server.hints([])).toContain('what can you do');
  });
});

it.skipIf(skipRecording)('[S-3.14] a person is understood', async () => {
  const client = await callers.connect(server, { session: quickSession({ tools: [drive] }) });
  const file = readFileSync(GO_FORWARD);
  await client.say(new Int16Array(file.buffer, file.byteOffset, file.length / 2).slice());
  const { name, arguments: text } = await client.waitFor('response.function_call_arguments.done');
  expect([name, text]).toEqual(['drive', '{"meters":10}']);
});

function tool(name: string, description: string, properties: Readonly<Record<string, object>>) {
  const parameters = { type: 'object', properties, required: Object.keys(properties) };
  return { type: 'function' as const, name, description, parameters };
}

function loudness(pcm: Int16Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(pcm.length, 1));
}

function missing(isMissing: boolean, what: string): boolean {
  if (!isMissing) return false;
  if (process.env.CI === 'true') throw new Error(`A test may not be skipped in CI; this machine lacks ${what}`);
  console.warn(`Skipped: this machine lacks ${what}`);
  return true;
}
