import { Resampler } from '@voice-bridge/core';
import { ManualClock, testSpeech } from '@voice-bridge/local-realtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { goForwardTenMeters, hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { agentsClient } from './support/agents-client.ts';
import {
  HEARD_RATE_HZ,
  joined,
  says,
  silence,
  startAnsweringModel,
  startRealModel,
} from './support/answering-model.ts';
import { driveTool } from './support/drive-tool.ts';
import { exactLikeness } from './support/likeness.ts';
import { DRIVEN, EXPIRY_MS, STORY } from './support/lines.ts';
import { said } from './support/said.ts';
import { stream } from './support/stream.ts';

const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let client: ReturnType<typeof agentsClient>;
let complaints: string[] = [];
/** Types of the events that the client's schemas refused. */
let refused: string[] = [];

afterEach(async () => {
  const { log, errors } = client;
  await closeAll();
  expect(log.misfits().map(({ type }) => type)).toEqual(refused);
  refused = [];
  expect(errors.map((error) => JSON.stringify(error))).toEqual(complaints.map((each) => expect.stringContaining(each)));
  complaints = [];
});

describe('agents-realtime over a WebSocket in Node', () => {
  it('connects, and its settings come back', async () => {
    const model = await startAnsweringModel({});
    client = agentsClient({ url: model.url, tools: [driveTool([])] });
    await client.connect();
    expect(await client.event('session.created')).toMatchObject({ session: { model: 'gpt-realtime-2.1' } });
    // It asks for tracing, and for these.
    await client.event('session.updated');
    expect(await client.event('session.updated')).toMatchObject({
      session: {
        tracing: 'auto',
        instructions: 'Be brief.',
        tools: [{ type: 'function', name: 'drive_forward' }],
        // Its own defaults.
        audio: {
          input: { turn_detection: { type: 'semantic_vad' }, transcription: { model: 'gpt-4o-mini-transcribe' } },
        },
      },
    });
    expect(client.transport.status).toBe('connected');
  });

  it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
    'a recorded person is understood, the tool runs once, its result is heard in the synthetic voice',
    async () => {
      const runs: number[] = [];
      const model = await startRealModel();
      client = agentsClient({ url: model.url, tools: [driveTool(runs)] });
      await client.connect();
      client.say(new Resampler(16_000, 24_000).process(goForwardTenMeters().pcm));
      await client.event('response.done');
      await client.event('response.done');
      expect(said(client.session.history)).toEqual([
        'user: go forward ten meters',
        `drive_forward({"meters":10}) = ${DRIVEN}`,
        `assistant: ${DRIVEN}`,
      ]);
      expect(runs).toEqual([10]);
      expect(exactLikeness(await testSpeech(DRIVEN), client.sound(), 24_000)).toBeGreaterThan(0.99);
    },
  );

  it('what it sends is what the model hears, by correlation', async () => {
    const model = await startAnsweringModel({ heard: [STORY] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.say(await testSpeech(STORY));
    await client.event('input_audio_buffer.committed');
    const spoken = await testSpeech(STORY, HEARD_RATE_HZ);
    expect(exactLikeness(spoken, model.heard(), HEARD_RATE_HZ)).toBeGreaterThan(0.95);
  });

  it('text goes both ways', async () => {
    const model = await startAnsweringModel({ turns: [says('It is noon.')] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.transport.updateSessionConfig({ outputModalities: ['text'] });
    await client.until(() => client.log.events.find((event) => JSON.stringify(event).includes('modalities":["text"]')));
    client.session.sendMessage('What time is it?');
    await client.event('response.done');
    expect(said(client.session.history)).toEqual(['user: What time is it?', 'assistant: It is noon.']);
    expect(client.sound()).toHaveLength(0);
  });

  it('two tools called in one answer both run, and both results reach the model', async () => {
    const runs: number[] = [];
    const call = (meters: number) =>
      ({ type: 'function_call', name: 'drive_forward', arguments: JSON.stringify({ meters }) }) as const;
    const model = await startAnsweringModel({ turns: [[call(3), call(4)], says('One.'), says('Two.')] });
    client = agentsClient({ url: model.url, tools: [driveTool(runs)] });
    await client.connect();
    client.session.sendMessage('Go.');
    const results = () => model.requests.at(-1)?.items.filter(({ type }) => type === 'function_call_output').length;
    await client.until(() => results() === 2 || undefined);
    expect(runs).toEqual([3, 4]);
  });

  it('speech over the answer interrupts it, and the history of both sides ends where it was heard', async () => {
    const model = await startAnsweringModel({ turns: [says(STORY), says('Yes?')], heard: ['Stop.'] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.session.sendMessage('Tell me a story.');
    await client.event('response.output_audio.delta');
    // A second and a half is listened to, and then spoken over.
    const microphone = joined([silence(1_500), await testSpeech('Stop'), silence(1_000)]);
    const streamed = stream(microphone, 24_000, (frame) => client.session.sendAudio(frame.buffer));
    const { item_id: itemId, audio_end_ms: heardMs } = await client.event('conversation.item.truncated');
    await client.until(() => model.requests[1]);
    await streamed;
    const kept = await client.until(() => {
      const line = said(client.session.history.filter((item) => item.itemId === itemId))[0]?.replace('assistant: ', '');
      return line === STORY ? undefined : line;
    });
    expect(heardMs).toBeGreaterThanOrEqual(1_500);
    expect(STORY.slice(0, STORY.length / 2)).toContain(kept);
    expect(kept).toMatch(/^Once upon/);
    expect(model.requests[1]?.items).toContainEqual({ type: 'message', role: 'assistant', text: kept });
  });

  it('asks for an item, and gets it', async () => {
    const model = await startAnsweringModel({ turns: [says('It is noon.')] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.session.sendMessage('What time is it?');
    const { item } = await client.event('conversation.item.done');
    client.transport.sendEvent({ type: 'conversation.item.retrieve', item_id: client.session.history[0]?.itemId });
    expect((await client.event('conversation.item.retrieved')).item).toEqual(item);
  });

  it('changes its history, and the model answers from the changed one', async () => {
    const model = await startAnsweringModel({ turns: [says('Hello.'), says('Again.')] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.session.sendMessage('A secret.');
    await client.event('response.done');
    client.session.updateHistory((history) => history.slice(1));
    await client.event('conversation.item.deleted');
    client.session.sendMessage('What did I say?');
    await client.event('response.done');
    expect(model.requests[1]?.items.map((item) => item.type === 'message' && item.text)).toEqual([
      'Hello.',
      'What did I say?',
    ]);
  });

  it('is told of a mistake, and goes on', async () => {
    complaints = ['item_retrieve_invalid_item_id'];
    const model = await startAnsweringModel({ turns: [says('Still here.')] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.transport.sendEvent({ type: 'conversation.item.retrieve', item_id: 'item_none' });
    await client.event('error');
    client.session.sendMessage('Are you there?');
    await client.event('response.done');
    expect(said(client.session.history).at(-1)).toBe('assistant: Still here.');
  });

  it('sends a picture, and is answered; its schemas know no pictures in items', async () => {
    refused = ['conversation.item.added', 'conversation.item.done'];
    const model = await startAnsweringModel({ turns: [says('A dot.')] });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.session.addImage(DOT, { triggerResponse: true });
    await client.event('response.done');
    expect(said(client.session.history)).toEqual(['assistant: A dot.']);
  });

  it('an event that does not fit is noticed by these tests', async () => {
    refused = ['response.done'];
    const faults = { insert: { before: 'response.done', event: 'incomplete' } };
    const model = await startAnsweringModel({ turns: [says('Hello.')], faults });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.session.sendMessage('Hello?');
    await client.event('response.done');
    await client.event('response.done');
  });

  it('is told that its connection broke, and connects anew', async () => {
    const model = await startAnsweringModel({
      turns: [says(STORY), says('Welcome back.')],
      faults: { drop: { afterMs: 400 } },
    });
    client = agentsClient({ url: model.url });
    await client.connect();
    client.session.sendMessage('Tell me a story.');
    await client.until(() => client.transport.status === 'disconnected' || undefined);
    await client.connect();
    client.session.sendMessage('Hello?');
    await client.until(() => said(client.session.history).at(-1) === 'assistant: Welcome back.' || undefined);
    expect(model.callCount).toBe(1);
  });

  it('is told that its session expired, and is disconnected', async () => {
    complaints = ['session_expired'];
    const clock = new ManualClock();
    const model = await startAnsweringModel({ clock, faults: { expireAfterMs: EXPIRY_MS } });
    client = agentsClient({ url: model.url });
    await client.connect();
    await client.event('session.created');
    clock.advance(EXPIRY_MS);
    await client.event('error');
    clock.advance(1_000);
    await client.until(() => client.transport.status === 'disconnected' || undefined);
  });
});
