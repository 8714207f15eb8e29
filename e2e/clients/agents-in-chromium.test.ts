import { ManualClock, testSpeech } from '@voice-bridge/local-realtime/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import '../support/share-browsers.ts';
import { findChromium } from '../support/chromium.ts';
import { scriptMicrophone } from '../support/microphone.ts';
import { closeAll } from '../support/open-things.ts';
import { RECORDING_RATE_HZ, startPageRecorder, takeRecording } from '../support/page-recorder.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { goForwardTenMeters, hasRecordings } from '../support/recordings.ts';
import { type ServedPage, servePage } from '../support/serve-page.ts';
import { skipWithout } from '../support/skip.ts';
import { HEARD_RATE_HZ, says, silence, startAnsweringModel, startRealModel } from './support/answering-model.ts';
import { type BrowserAgent, browserAgent } from './support/browser-agent.ts';
import { likeness } from './support/likeness.ts';
import { DRIVEN, EXPIRY_MS, QUESTION, STORY } from './support/lines.ts';
import { said } from './support/said.ts';

/** What Chromium tells of a channel whose other side is gone. */
const CHANNEL_ABORTED = 'channel: sctp-failure';
/** Samples per second of the synthetic voice. */
const SPEECH_RATE_HZ = 24_000;

const missing = skipWithout({ chromium: findChromium() !== undefined });
const withoutSpeech = missing || skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings });

let page: ServedPage;
let agent: BrowserAgent;
let complaints: string[] = [];

describe.skipIf(missing)('agents-realtime over WebRTC in Chromium', () => {
  beforeAll(async () => {
    page = await servePage(new URL('./page/', import.meta.url));
  });
  afterAll(() => page.close());
  afterEach(async () => {
    const told = await agent.complaints();
    await closeAll();
    expect(told).toEqual(complaints.map((each) => expect.stringContaining(each)));
    complaints = [];
  });

  it('connects with a client secret, and its settings come back', async () => {
    const model = await startAnsweringModel({});
    agent = await browserAgent(page.url, model);
    await agent.connect();
    await agent.event('session.created');
    await agent.event('session.updated');
    expect(await agent.event('session.updated')).toMatchObject({
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
    expect(await agent.page.evaluate(() => window.agent.transport.callId)).toMatch(/^rtc_/);
    expect(model.callCount).toBe(1);
  });

  it.skipIf(withoutSpeech)(
    'a recorded person is understood, the tool runs once in the page, its result is heard there in the synthetic voice',
    async () => {
      const sound = goForwardTenMeters();
      const microphone = await scriptMicrophone([{ silenceMs: 4_000 }, { sound }, { silenceMs: 20_000 }]);
      agent = await browserAgent(page.url, await startRealModel(), microphone.path);
      await agent.connect();
      await startPageRecorder(agent.page);
      await agent.event('output_audio_buffer.stopped');
      expect(said(await agent.history())).toEqual([
        'user: go forward ten meters',
        `drive_forward({"meters":10}) = ${DRIVEN}`,
        `assistant: ${DRIVEN}`,
      ]);
      expect(await agent.page.evaluate(() => window.agent.runs)).toEqual([10]);
      const heard = { pcm: await takeRecording(agent.page), sampleRateHz: RECORDING_RATE_HZ };
      const decoys = ['I am going forward five meters.', 'go forward ten meters', QUESTION];
      expect(`${await recognise(heard, [DRIVEN, ...decoys])}.`).toBe(DRIVEN.toLowerCase());
      const slower = heard.pcm.filter((_, i) => i % (RECORDING_RATE_HZ / SPEECH_RATE_HZ) === 0);
      expect(likeness(await testSpeech(DRIVEN), slower, SPEECH_RATE_HZ)).toBeGreaterThan(0.85);
    },
  );

  it('what it sends is what the model hears, by correlation', async () => {
    const model = await startAnsweringModel({ heard: [QUESTION] });
    agent = await browserAgent(page.url, model);
    await agent.connect();
    await agent.say(await testSpeech(QUESTION));
    await agent.event('input_audio_buffer.committed');
    const spoken = await testSpeech(QUESTION, HEARD_RATE_HZ);
    expect(likeness(spoken, model.heard(), HEARD_RATE_HZ)).toBeGreaterThan(0.85);
  });

  it('text goes in, text and speech come out', async () => {
    agent = await browserAgent(page.url, await startAnsweringModel({ turns: [says('It is noon.')] }));
    await agent.connect();
    await agent.send('What time is it?');
    await agent.event('output_audio_buffer.stopped');
    expect(said(await agent.history())).toEqual(['user: What time is it?', 'assistant: It is noon.']);
  });

  it('speech over the answer interrupts it, and the history of both sides ends where it was heard', async () => {
    const model = await startAnsweringModel({ turns: [says(STORY), says('Yes?')], heard: ['Stop.'] });
    agent = await browserAgent(page.url, model);
    await agent.connect();
    await agent.send('Tell me a story.');
    await agent.event('output_audio_buffer.started');
    await agent.say(silence(1_000));
    await agent.say(await testSpeech('Stop'));
    await agent.event('output_audio_buffer.cleared');
    await agent.event('conversation.item.truncated');
    await agent.event('output_audio_buffer.stopped');
    const kept = said(await agent.history())[1]?.replace('assistant: ', '') ?? '';
    expect(kept).toMatch(/^Once upon/);
    expect(STORY.slice(0, STORY.length / 2)).toContain(kept);
    expect(model.requests[1]?.items).toContainEqual({ type: 'message', role: 'assistant', text: kept });
  });

  it('interrupts the answer itself, and the history ends where it was heard', async () => {
    agent = await browserAgent(page.url, await startAnsweringModel({ turns: [says(STORY)] }));
    await agent.connect();
    await agent.send('Tell me a story.');
    await agent.event('output_audio_buffer.started');
    await agent.say(silence(1_000));
    await agent.page.evaluate(() => window.agent.session.interrupt());
    await agent.event('output_audio_buffer.cleared');
    await agent.event('conversation.item.truncated');
    await agent.event('conversation.item.retrieved');
    const kept = said(await agent.history())[1]?.replace('assistant: ', '');
    expect(kept).toMatch(/^Once/);
    expect(STORY.slice(0, STORY.length / 2)).toContain(kept);
  });

  it('asks for an item, and gets it', async () => {
    agent = await browserAgent(page.url, await startAnsweringModel({ turns: [says('It is noon.')] }));
    await agent.connect();
    await agent.send('What time is it?');
    const { item } = await agent.event('conversation.item.done');
    await agent.page.evaluate(() => {
      const { session, transport } = window.agent;
      transport.sendEvent({ type: 'conversation.item.retrieve', item_id: session.history[0]?.itemId });
    });
    expect((await agent.event('conversation.item.retrieved')).item).toEqual(item);
  });

  it('is told of a mistake, and goes on', async () => {
    complaints = ['item_retrieve_invalid_item_id'];
    agent = await browserAgent(page.url, await startAnsweringModel({ turns: [says('Still here.')] }));
    await agent.connect();
    await agent.page.evaluate(() =>
      window.agent.transport.sendEvent({ type: 'conversation.item.retrieve', item_id: 'item_none' }),
    );
    await agent.event('error');
    await agent.send('Are you there?');
    await agent.event('response.done');
    expect(said(await agent.history()).at(-1)).toBe('assistant: Still here.');
  });

  it('is told that its connection broke, and connects anew', async () => {
    complaints = [CHANNEL_ABORTED];
    const model = await startAnsweringModel({
      turns: [says(STORY), says('Welcome back.')],
      faults: { drop: { afterMs: 400 } },
    });
    agent = await browserAgent(page.url, model);
    await agent.connect();
    await agent.send('Tell me a story.');
    await agent.status('disconnected');
    await agent.connect();
    await agent.send('Hello?');
    await agent.event('output_audio_buffer.stopped');
    expect(said(await agent.history()).at(-1)).toBe('assistant: Welcome back.');
    expect(model.callCount).toBe(1);
  });

  it('is told that its session expired, and is disconnected', async () => {
    complaints = ['session_expired', CHANNEL_ABORTED];
    const clock = new ManualClock();
    agent = await browserAgent(page.url, await startAnsweringModel({ clock, faults: { expireAfterMs: EXPIRY_MS } }));
    await agent.connect();
    clock.advance(EXPIRY_MS);
    await agent.event('error');
    clock.advance(1_000);
    await agent.status('disconnected');
  });
});
