import { parseServerEvent } from '@voice-bridge/core/openai';
import { ManualClock, testSpeech } from '@voice-bridge/local-realtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { goForwardTenMeters, hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { type AiortcCaller, aiortcCaller, CALLER_RATE_HZ, hasAiortc } from './support/aiortc-caller.ts';
import { HEARD_RATE_HZ, says, startAnsweringModel, startRealModel } from './support/answering-model.ts';
import { likeness } from './support/likeness.ts';
import { DRIVE_TOOL, DRIVEN, EXPIRY_MS, QUESTION, STORY } from './support/lines.ts';

const missing = skipWithout({ aiortc: hasAiortc });
const withoutSpeech = missing || skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings });

/** Sound that is under way, both ways, when what was heard is told, in ms. */
const MORE_MS = 500;
const isLoud = (sample: number) => Math.abs(sample) > 500;

let caller: AiortcCaller;

afterEach(async () => {
  await closeAll();
  const misfits = caller.events.map((event) => parseServerEvent(JSON.stringify(event))).filter(({ ok }) => !ok);
  expect([...misfits, ...caller.failures]).toEqual([]);
});

describe.skipIf(missing)('aiortc, a raw WebRTC client', () => {
  it.each([
    { what: 'with candidates in its offer', candidates: true },
    { what: 'without any candidate in its offer', candidates: false },
  ])('connects $what', async ({ candidates }) => {
    caller = aiortcCaller();
    const model = await startAnsweringModel({});
    const { offered } = await caller.call(model, { candidates });
    expect(offered > 0).toBe(candidates);
    caller.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.' } });
    expect(await caller.event('session.updated')).toMatchObject({ session: { instructions: 'Be brief.' } });
    expect(model.callCount).toBe(1);
  });

  it.skipIf(withoutSpeech)(
    'a recorded person is understood, calls a tool, and its result is heard in the synthetic voice',
    async () => {
      caller = aiortcCaller();
      await caller.call(await startRealModel());
      caller.send({
        type: 'session.update',
        session: { type: 'realtime', tools: [DRIVE_TOOL] },
      });
      await caller.event('session.updated');
      await caller.say({ sound: goForwardTenMeters() });
      const { call_id, arguments: values } = await caller.event('response.function_call_arguments.done');
      await caller.event('response.done');
      caller.send({
        type: 'conversation.item.create',
        item: { type: 'function_call_output', call_id, output: DRIVEN },
      });
      caller.send({ type: 'response.create' });
      await caller.event('output_audio_buffer.stopped');
      expect(values).toBe('{"meters":10}');
      const spoken = await testSpeech(DRIVEN);
      const heard = (await caller.heard()).filter((_, i) => i % (CALLER_RATE_HZ / 24_000) === 0);
      expect(likeness(spoken, heard, 24_000)).toBeGreaterThan(0.85);
    },
  );

  it('what it sends is what the model hears, by correlation', async () => {
    caller = aiortcCaller();
    const model = await startAnsweringModel({ heard: [QUESTION] });
    await caller.call(model);
    await caller.say({ say: QUESTION });
    await caller.event('input_audio_buffer.committed');
    const spoken = await testSpeech(QUESTION, HEARD_RATE_HZ);
    expect(likeness(spoken, model.heard(), HEARD_RATE_HZ)).toBeGreaterThan(0.85);
  });

  it('text goes both ways', async () => {
    caller = aiortcCaller();
    await caller.call(await startAnsweringModel({ turns: [says('It is noon.')] }));
    ask('What time is it?', 'text');
    expect((await caller.event('response.output_text.done')).text).toBe('It is noon.');
  });

  it('speech over the answer interrupts it, the sound stops, and the history ends where it was heard', async () => {
    caller = aiortcCaller();
    const model = await startAnsweringModel({ turns: [says(STORY)], heard: ['Stop.'] });
    await caller.call(model);
    ask('Tell me a story.', 'audio');
    await caller.event('output_audio_buffer.started');
    await caller.say({ silenceMs: 1_000 }, { say: 'Stop' });
    await caller.event('output_audio_buffer.cleared');
    const { item_id, audio_end_ms } = await caller.event('conversation.item.truncated');
    caller.send({ type: 'conversation.item.retrieve', item_id });
    const { item } = await caller.event('conversation.item.retrieved');
    await caller.event('response.done');
    const text = model.requests[1]?.items.flatMap((each) => (each.type === 'message' ? [each.text] : []))[1] ?? '';
    expect(item).toMatchObject({ role: 'assistant', content: [{ type: 'output_audio', transcript: text }] });
    expect(text).toMatch(/^Once upon/);
    expect(STORY.slice(0, STORY.length / 2)).toContain(text);
    const heard = await caller.heard();
    const [first, last] = [heard.findIndex(isLoud), heard.findLastIndex(isLoud)];
    expect(((last - first) * 1_000) / CALLER_RATE_HZ).toBeLessThan(Number(audio_end_ms) + MORE_MS);
  });

  it('asks for an item, and gets it', async () => {
    caller = aiortcCaller();
    await caller.call(await startAnsweringModel({ turns: [says('It is noon.')] }));
    ask('What time is it?', 'text');
    const { item } = await caller.event('conversation.item.done');
    caller.send({ type: 'conversation.item.retrieve', item_id: idOf(item) });
    expect((await caller.event('conversation.item.retrieved')).item).toEqual(item);
  });

  it('is told of a mistake, and goes on', async () => {
    caller = aiortcCaller();
    await caller.call(await startAnsweringModel({ turns: [says('Still here.')] }));
    caller.send({ type: 'conversation.item.retrieve', item_id: 'item_none', event_id: 'mine' });
    const error = { code: 'item_retrieve_invalid_item_id', event_id: 'mine' };
    expect(await caller.event('error')).toMatchObject({ error });
    ask('Are you there?', 'text');
    expect((await caller.event('response.output_text.done')).text).toBe('Still here.');
  });

  it('is refused with a key that nobody minted', async () => {
    caller = aiortcCaller();
    const refusal = await caller.refused(await startAnsweringModel({}), 'ek_unknown');
    expect(refusal).toEqual({ status: 401, code: 'invalid_api_key' });
  });

  it('is told that its connection broke, and calls anew', async () => {
    caller = aiortcCaller();
    const turns = [says(STORY), says('Welcome back.')];
    const model = await startAnsweringModel({ turns, faults: { drop: { afterMs: 400 } } });
    await caller.call(model);
    ask('Tell me a story.', 'audio');
    await caller.closed();
    await caller.call(model);
    ask('Hello?', 'text');
    expect((await caller.event('response.output_text.done')).text).toBe('Welcome back.');
  });

  it('is told that its session expired, and the connection ends', async () => {
    caller = aiortcCaller();
    const clock = new ManualClock();
    await caller.call(await startAnsweringModel({ clock, faults: { expireAfterMs: EXPIRY_MS } }));
    clock.advance(EXPIRY_MS);
    expect(await caller.event('error')).toMatchObject({ error: { code: 'session_expired' } });
    clock.advance(1_000);
    await caller.closed();
  });

  it('hangs up by closing, and the model is free', async () => {
    caller = aiortcCaller();
    const model = await startAnsweringModel({});
    await caller.call(model);
    await caller.end();
    await expect.poll(() => model.callCount, { timeout: 5_000 }).toBe(0);
  });
});

function ask(text: string, output: 'text' | 'audio'): void {
  const content = [{ type: 'input_text', text }];
  caller.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  caller.send({ type: 'response.create', response: { output_modalities: [output] } });
}

function idOf(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
}
