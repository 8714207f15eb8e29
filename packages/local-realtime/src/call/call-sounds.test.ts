import type { ServerItem } from '@voice-bridge/core/openai';
import { describe, expect, it } from 'vitest';
import type { AssistantRequest } from '../engines/assistant/assistant-engine.ts';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { toneText } from '../engines/tone-text.ts';
import { sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';
import { VirtualSession } from '../testing/virtual-session.ts';
import { encodeAudio, toBase64 } from './sound/audio-format.ts';
import { withoutOldSounds } from './turn/item-sound.ts';

const quick = { turn_detection: { type: 'server_vad', silence_duration_ms: 300 } } as const;
const spoken = (text: string, format: 'pcm' | 'pcmu' = 'pcm') =>
  toBase64(encodeAudio(toneText(text, { sampleRateHz: 24_000 }), format));
const userItem = (content: readonly object[], id = 'mine') => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', id, content },
});
const picture = (length: number) => `data:image/png;base64,${'A'.repeat(length)}`;

/** A session whose assistant writes down what it is asked. */
async function asking(session: Parameters<typeof VirtualSession.open>[1] = {}) {
  const asked: AssistantRequest[] = [];
  const turn = (request: AssistantRequest) => {
    asked.push(request);
    return [sentence('I see.')];
  };
  return { asked, session: await VirtualSession.open(scriptedEngines({ turns: [turn, turn] }), session) };
}

async function retrieved(session: VirtualSession | VirtualCall, id: string): Promise<ServerItem> {
  await session.send({ type: 'conversation.item.retrieve', item_id: id });
  return session.last('conversation.item.retrieved').item;
}

/** The bytes of an item's only sound. */
function soundIn(item: ServerItem): Buffer | undefined {
  const part = item.type === 'message' ? item.content[0] : undefined;
  if (part?.type !== 'input_audio' && part?.type !== 'output_audio') return undefined;
  return typeof part.audio === 'string' ? Buffer.from(part.audio, 'base64') : undefined;
}

describe('sound in an item that a client makes', () => {
  it.each(['pcm', 'pcmu'] as const)(
    'is understood by the assistant, kept, and given back, in %s; its transcript is none',
    async (format) => {
      const type = format === 'pcm' ? 'audio/pcm' : 'audio/pcmu';
      const transcription = { model: 'whisper-1' };
      const { session, asked } = await asking({ audio: { input: { format: { type }, transcription } } });
      const audio = spoken('set the lamp to blue', format);
      await session.send(userItem([{ type: 'input_audio', audio }]));
      await session.send({ type: 'response.create' });
      expect(asked[0]?.items).toEqual([{ type: 'message', role: 'user', text: 'set the lamp to blue' }]);
      const item = await retrieved(session, 'mine');
      expect(item).toMatchObject({ content: [{ type: 'input_audio', transcript: null }] });
      expect(soundIn(item)).toHaveLength(Buffer.from(audio, 'base64').length);
      expect(session.last('conversation.item.added').item).not.toHaveProperty('content.0.audio');
      expect(session.take().filter((each) => each.includes('transcription'))).toEqual([]);
    },
  );

  it('is understood as the input of one response alone', async () => {
    const { session, asked } = await asking();
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_audio', audio: spoken('only this') }] }];
    await session.send({ type: 'response.create', response: { conversation: 'none', input } });
    expect(asked[0]?.items).toEqual([{ type: 'message', role: 'user', text: 'only this' }]);
  });

  it('has the words that the client gives it', async () => {
    const { session, asked } = await asking();
    await session.send(userItem([{ type: 'input_audio', audio: spoken('noise'), transcript: 'hello there' }]));
    await session.send({ type: 'response.create' });
    expect(asked[0]?.items).toEqual([{ type: 'message', role: 'user', text: 'hello there' }]);
    expect(await retrieved(session, 'mine')).toMatchObject({ content: [{ transcript: 'hello there' }] });
  });

  it.each([
    [{}, 'missing_required_parameter'],
    [{ audio: '***' }, 'invalid_value'],
  ])('is refused when it is none: %o', async (part, code) => {
    const { session } = await asking();
    await session.send(userItem([{ type: 'input_audio', ...part }]));
    expect(session.last('error').error).toMatchObject({ code, param: 'item.content[0].audio' });
    expect(session.all('conversation.item.added')).toEqual([]);
  });
});

describe('a retrieved item', () => {
  it.each([
    ['once heard', 'something', { model: 'whisper-1' }],
    ['never, unless the session transcribes', null, null],
  ])('carries a transcript %s', async (_when, transcript, transcription) => {
    const engines = scriptedEngines({ turns: [[]], heard: ['something'] });
    const call = await VirtualCall.open(engines, { audio: { input: { transcription } } });
    await call.speak(400);
    await call.silence(700);
    const { item_id: id } = call.last('input_audio_buffer.committed');
    expect(await retrieved(call, id)).toMatchObject({ content: [{ type: 'input_audio', transcript }] });
  });

  it('has the sound of the user and of the assistant, cut where it was truncated', async () => {
    const engines = scriptedEngines({ turns: [[sentence('It is noon.'), sentence('Lunch!')]], heard: ['go'] });
    const session = await VirtualSession.open(engines, { audio: { input: quick } });
    await session.append([
      { ms: 600, loud: true },
      { ms: 600, loud: false },
    ]);
    const [user, assistant] = session.all('conversation.item.done').map(({ item }) => item.id ?? '');
    const { audio_start_ms: from } = session.last('input_audio_buffer.speech_started');
    const { audio_end_ms: to } = session.last('input_audio_buffer.speech_stopped');
    expect(soundIn(await retrieved(session, user ?? ''))).toHaveLength((to - from) * 48);
    const { id } = session.last('response.done').response;
    expect(soundIn(await retrieved(session, assistant ?? ''))).toEqual(session.speech(id));
    await session.send({
      type: 'conversation.item.truncate',
      item_id: assistant,
      content_index: 0,
      audio_end_ms: 100,
    });
    expect(soundIn(await retrieved(session, assistant ?? ''))).toBeUndefined();
    await session.send(userItem([{ type: 'input_text', text: 'x' }]));
    expect(soundIn(await retrieved(session, 'mine'))).toBeUndefined();
  });

  it('has its pictures, which fit into a message of a data channel or are left out', async () => {
    const { session } = await asking();
    const content = [{ type: 'input_image', image_url: picture(100_000), detail: 'low' }];
    await session.send(userItem(content));
    expect(await retrieved(session, 'mine')).toMatchObject({ content });
    expect(session.last('conversation.item.added').item).toMatchObject({ content });
    const call = await VirtualCall.open(scriptedEngines({ turns: [] }));
    const small = [{ type: 'input_image', image_url: picture(1_000), detail: 'auto' }];
    await call.send(userItem([...small, { ...small[0], image_url: picture(47_500) }]));
    expect(await retrieved(call, 'mine')).toMatchObject({ content: [...small, { type: 'input_image' }] });
    expect(JSON.stringify(call.last('conversation.item.retrieved')).length).toBeLessThan(65_536);
  });
});

it('what is truncated while its response is still made stays cut; what comes next follows it', async () => {
  const engines = scriptedEngines({ turns: [[sentence('One is said.'), sentence('Two.')]] });
  let speak: () => void = () => {};
  const second = new Promise<void>((resolve) => {
    speak = resolve;
  });
  const tts = {
    ...engines.tts,
    async speak(...args: Parameters<typeof engines.tts.speak>) {
      if (args[0].text === 'Two.') await second;
      return engines.tts.speak(...args);
    },
  };
  const session = await VirtualSession.open({ ...engines, tts });
  await session.send({ type: 'response.create' });
  const { id } = session.last('conversation.item.added').item;
  await session.send({ type: 'conversation.item.truncate', item_id: id, content_index: 0, audio_end_ms: 300 });
  speak();
  await session.clock.advanceAsync(0);
  expect(session.last('response.done').response.output).toMatchObject([{ content: [{ transcript: 'One Two.' }] }]);
  expect(await retrieved(session, id ?? '')).toMatchObject({ content: [{ transcript: 'One Two.' }] });
});

it('of a long conversation only the latest sounds are kept', () => {
  const items = [1, 2, 3].map((n) => {
    const sound = { pcm: new Int16Array(100), rateHz: 16_000 } as const;
    const part = { type: 'input_audio', words: 'w', transcript: null, durationMs: 6, sound } as const;
    return { type: 'message', id: `${n}`, role: 'user', status: 'completed', content: [part] } as const;
  });
  const kept = (most: number) =>
    withoutOldSounds(items, most).map((item) => item.type === 'message' && JSON.stringify(item).includes('rateHz'));
  expect(kept(300)).toEqual([true, true, true]);
  expect(kept(250)).toEqual([false, true, true]);
  expect(kept(99)).toEqual([false, false, false]);
  expect(withoutOldSounds(items, 300)).toBe(items);
});
