import { Resampler } from '@voice-bridge/core';
import { ManualClock, RealtimeTestClient, testSpeech } from '@voice-bridge/local-realtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { goForwardTenMeters, hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { api } from './snippets/openai.ts';
import {
  HEARD_RATE_HZ,
  joined,
  says,
  silence,
  startAnsweringModel,
  startRealModel,
} from './support/answering-model.ts';
import { exactLikeness } from './support/likeness.ts';
import { DRIVE_TOOL, DRIVEN, EXPIRY_MS, STORY } from './support/lines.ts';
import { type OpenAIClient, openNative, openWs, trustDuringTest } from './support/openai-client.ts';
import { stream } from './support/stream.ts';

const TLS = { tls: 'generated' } as const;

let client: OpenAIClient;
let complaints: readonly string[] = [];

afterEach(async () => {
  await closeAll();
  expect(client.errors.map(({ message }) => message)).toEqual(complaints.map((each) => expect.stringContaining(each)));
  complaints = [];
});

describe.each([
  { name: 'OpenAIRealtimeWS', open: openWs, tellsBreak: [] },
  // The runtime's WebSocket has an event for it.
  { name: 'OpenAIRealtimeWebSocket', open: openNative, tellsBreak: ['WebSocket error'] },
])('$name of openai, over TLS', ({ open, tellsBreak }) => {
  it('connects, and its settings come back', async () => {
    client = await open(await startAnsweringModel(TLS));
    client.realtime.send({
      type: 'session.update',
      session: { type: 'realtime', instructions: 'Be brief.', audio: { output: { voice: 'cedar' } } },
    });
    expect((await client.event('session.updated')).session).toMatchObject({
      type: 'realtime',
      model: 'gpt-realtime',
      instructions: 'Be brief.',
      audio: { output: { voice: 'cedar' } },
    });
  });

  it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
    'a recorded person is understood, calls a tool, and its result is heard in the synthetic voice',
    async () => {
      client = await open(await startRealModel(TLS));
      client.realtime.send({
        type: 'session.update',
        session: {
          type: 'realtime',
          tools: [DRIVE_TOOL],
          audio: { input: { transcription: { model: 'gpt-transcribe' } } },
        },
      });
      await client.event('session.updated');
      client.append(new Resampler(16_000, 24_000).process(goForwardTenMeters().pcm));
      client.append(silence(1_000));
      const { call_id, arguments: values } = await client.event('response.function_call_arguments.done');
      await client.event('response.done');
      client.realtime.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id, output: DRIVEN },
      });
      client.realtime.send({ type: 'response.create' });
      expect((await client.event('response.output_audio_transcript.done')).transcript).toBe(DRIVEN);
      await client.event('response.done');
      expect(JSON.parse(values)).toEqual({ meters: 10 });
      expect(
        client.events.find(({ type }) => type === 'conversation.item.input_audio_transcription.completed'),
      ).toMatchObject({ transcript: 'go forward ten meters' });
      expect(exactLikeness(await testSpeech(DRIVEN), client.sound(), 24_000)).toBeGreaterThan(0.99);
    },
  );

  it('what it sends is what the model hears, by correlation', async () => {
    const model = await startAnsweringModel({ ...TLS, heard: [STORY] });
    client = await open(model);
    client.append(joined([await testSpeech(STORY), silence(1_000)]));
    await client.event('input_audio_buffer.committed');
    const spoken = await testSpeech(STORY, HEARD_RATE_HZ);
    expect(exactLikeness(spoken, model.heard(), HEARD_RATE_HZ)).toBeGreaterThan(0.95);
  });

  it('text goes both ways', async () => {
    client = await open(await startAnsweringModel({ ...TLS, turns: [says('It is noon.')] }));
    client.ask('What time is it?');
    expect((await client.event('response.output_text.done')).text).toBe('It is noon.');
    expect((await client.event('response.done')).response.status).toBe('completed');
  });

  it('speech over the answer is truncated by the client, and the history ends where it was heard', async () => {
    const model = await startAnsweringModel({ ...TLS, turns: [says(STORY), says('Yes?')], heard: ['Stop.'] });
    client = await open(model);
    client.ask('Tell me a story.', 'audio');
    const { item_id } = await client.event('response.output_audio.delta');
    const microphone = joined([silence(400), await testSpeech('Stop'), silence(1_000)]);
    const streamed = stream(microphone, 24_000, (frame) => client.append(frame));
    await client.event('input_audio_buffer.speech_started');
    client.realtime.send({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 1_500 });
    await client.event('conversation.item.truncated');
    client.realtime.send({ type: 'conversation.item.retrieve', item_id });
    const { item } = await client.event('conversation.item.retrieved');
    await client.until(() => model.requests[1]);
    await streamed;
    const kept = item.type === 'message' && item.role === 'assistant' ? item.content[0]?.transcript : undefined;
    expect(kept).toMatch(/^Once upon/);
    expect(STORY.slice(0, STORY.length / 2)).toContain(kept);
    expect(model.requests[1]?.items).toContainEqual({ type: 'message', role: 'assistant', text: kept });
  });

  it('asks for an item, and gets it', async () => {
    client = await open(await startAnsweringModel({ ...TLS, turns: [says('It is noon.')] }));
    client.ask('What time is it?');
    const { item } = await client.event('conversation.item.done');
    client.realtime.send({ type: 'conversation.item.retrieve', item_id: item.id ?? '' });
    expect((await client.event('conversation.item.retrieved')).item).toEqual(item);
  });

  it('is told of a mistake by the event that made it, and goes on', async () => {
    complaints = ['item_retrieve_invalid_item_id'];
    client = await open(await startAnsweringModel({ ...TLS, turns: [says('Still here.')] }));
    client.realtime.send({ type: 'conversation.item.retrieve', item_id: 'item_none', event_id: 'mine' });
    expect((await client.event('error')).error.event_id).toBe('mine');
    client.ask('Are you there?');
    expect((await client.event('response.output_text.done')).text).toBe('Still here.');
  });

  it('reconnects by itself when the connection breaks, into a new session', async () => {
    complaints = tellsBreak;
    const model = await startAnsweringModel({
      ...TLS,
      turns: [says(STORY), says('Welcome back.')],
      faults: { drop: { afterMs: 400 } },
    });
    client = await open(model, { reconnect: true });
    client.ask('Tell me a story.', 'audio');
    await client.event('session.created');
    expect(client.recovery).toEqual(['reconnecting', 'reconnected']);
    client.ask('Hello?');
    expect((await client.event('response.output_text.done')).text).toBe('Welcome back.');
  });

  it('is told that its session expired, and closed with 1001', async () => {
    complaints = ['session_expired'];
    const clock = new ManualClock();
    client = await open(await startAnsweringModel({ ...TLS, clock, faults: { expireAfterMs: EXPIRY_MS } }));
    clock.advance(EXPIRY_MS);
    expect((await client.event('error')).error.code).toBe('session_expired');
    clock.advance(1_000);
    expect(await client.closed()).toBe(1_001);
  });

  it('attaches to a call over WebRTC, and hangs it up', async () => {
    const model = await startAnsweringModel({ ...TLS, turns: [says('It is noon.')] });
    client = await open(model);
    trustDuringTest(model);
    const caller = await RealtimeTestClient.connect({ url: model.url });
    cleanup(() => caller.close());
    const sideband = await open(model, { callID: caller.callId });
    sideband.ask('What time is it?');
    expect((await caller.waitFor('response.output_text.done')).text).toBe('It is noon.');
    await api(model.url).realtime.calls.hangup(caller.callId);
    await caller.until(() => caller.state === 'closed', 'the end');
    await sideband.closed();
  });
});
