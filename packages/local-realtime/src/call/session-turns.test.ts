import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { ANSWER_ENDS, sentence, USER_ITEM } from '../testing/documented-order.ts';
import { VirtualSession } from '../testing/virtual-session.ts';

const tool = (name: string) => ({ type: 'function_call', name, arguments: '{}' }) as const;
const quiet = (ms: number) => ({ ms, loud: false });
const loud = (ms: number) => ({ ms, loud: true });
const input = (more: object) => ({ audio: { input: more } });
const quick = { turn_detection: { type: 'server_vad', silence_duration_ms: 300 } } as const;
const manual = { turn_detection: null } as const;

const ANSWER = [
  'response.created',
  'rate_limits.updated',
  'response.output_item.added',
  'conversation.item.added',
  'response.content_part.added',
  'response.output_audio_transcript.delta',
  'response.output_audio.delta',
  ...ANSWER_ENDS,
];

describe('a turn over the WebSocket', () => {
  it.each(['pcm', 'pcmu', 'pcma'] as const)(
    'is heard and answered in %s, in the documented order, in no time',
    async (format) => {
      const type = format === 'pcm' ? 'audio/pcm' : (`audio/${format}` as const);
      const engines = scriptedEngines({ turns: [[sentence('It is noon.')]], heard: ['what time is it'] });
      const session = await VirtualSession.open(engines, {
        audio: { input: { ...quick, format: { type } }, output: { format: { type } } },
      });
      const before = session.clock.now();
      await session.append([quiet(400), loud(600), quiet(600)], format);
      expect(session.take()).toEqual([
        'session.created',
        'input_audio_buffer.speech_started',
        'input_audio_buffer.speech_stopped',
        ...USER_ITEM,
        ...ANSWER,
      ]);
      expect(session.clock.now()).toBe(before);
      const { id, audio, usage } = session.last('response.done').response;
      expect(audio?.output?.format).toMatchObject({ type });
      // 50 ms for each character; 50 ms spoken make a token.
      const spokenMs = 'It is noon.'.length * 50;
      expect(session.speech(id)).toHaveLength(spokenMs * (format === 'pcm' ? 48 : 8));
      expect(usage?.output_token_details?.audio_tokens).toBe(spokenMs / 50);
      const started = session.last('input_audio_buffer.speech_started');
      expect(started.audio_start_ms).toBeGreaterThan(400 - 300 - 40);
      expect(started.audio_start_ms).toBeLessThan(400 - 300 + 60);
    },
  );

  it('may be cut anywhere, in the middle of a sample too', async () => {
    const session = await VirtualSession.open(scriptedEngines({ turns: [[]] }), input(manual));
    for (let piece = 0; piece < 101; piece++) {
      await session.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(95).toString('base64') });
    }
    await session.send({ type: 'input_audio_buffer.commit' });
    // 101 × 95 bytes are 199.9 ms.
    expect(session.all('error')).toEqual([]);
    expect(session.last('input_audio_buffer.committed').previous_item_id).toBeNull();
  });

  it('waits for the eagerness of semantic VAD', async () => {
    const silence = async (eagerness: 'low' | 'medium' | 'high') => {
      const semantic = { turn_detection: { type: 'semantic_vad', eagerness } } as const;
      const session = await VirtualSession.open(scriptedEngines({ turns: [[]] }), input(semantic));
      await session.append([loud(500), quiet(2_000)]);
      return session.last('input_audio_buffer.speech_stopped').audio_end_ms - 500;
    };
    const [low, medium, high] = [await silence('low'), await silence('medium'), await silence('high')];
    expect(low).toBeGreaterThan(medium);
    expect(medium).toBeGreaterThan(high);
    expect(high).toBeLessThan(400);
  });

  it('is committed and answered by hand when turn_detection is null', async () => {
    const engines = scriptedEngines({ turns: [[sentence('Yes.')]], heard: ['hello'] });
    const session = await VirtualSession.open(engines, input({ ...manual, transcription: { model: 'whisper-1' } }));
    session.take();
    await session.send({ type: 'input_audio_buffer.commit' });
    expect(session.last('error').error).toMatchObject({ code: 'input_audio_buffer_commit_empty' });
    await session.append([loud(500), quiet(2_000)]);
    await session.send({ type: 'input_audio_buffer.clear' });
    await session.append([loud(700)]);
    await session.send({ type: 'input_audio_buffer.commit' });
    expect(session.take()).toEqual([
      'error',
      'input_audio_buffer.cleared',
      ...USER_ITEM,
      'conversation.item.input_audio_transcription.delta',
      'conversation.item.input_audio_transcription.completed',
    ]);
    expect(session.last('conversation.item.input_audio_transcription.completed')).toMatchObject({
      transcript: 'hello',
      usage: { type: 'duration', seconds: 0.7 },
    });
    await session.send({ type: 'response.create' });
    expect(session.take()).toEqual(ANSWER);
  });

  it('cuts the answer off when the user speaks, and leaves truncation to the client', async () => {
    const slow = scriptedEngines({ turns: [[sentence('One.'), sentence('Two.')]], heard: ['go', 'stop'] });
    // The second sentence is never made: the voice is still at it when the user speaks.
    const stuck = { ...slow, tts: { ...slow.tts, speak: neverAfter(1, slow.tts.speak) } };
    const session = await VirtualSession.open(stuck, input(quick));
    await session.append([loud(500), quiet(400)]);
    session.take();
    await session.append([loud(500)]);
    expect(session.take()).toEqual(['input_audio_buffer.speech_started', ...ANSWER_ENDS]);
    const { response } = session.last('response.done');
    expect(response).toMatchObject({ status: 'cancelled', status_details: { reason: 'turn_detected' } });
    const itemId = response.output[0]?.id ?? '';
    const truncate = { type: 'conversation.item.truncate', item_id: itemId, content_index: 0 };
    await session.send({ ...truncate, audio_end_ms: 5_000, event_id: 'mine' });
    expect(session.last('error').error).toMatchObject({
      message: 'Audio content of 200ms is already shorter than 5000ms',
      param: 'audio_end_ms',
      event_id: 'mine',
    });
    await session.send({ ...truncate, audio_end_ms: 120 });
    expect(session.last('conversation.item.truncated')).toMatchObject({ item_id: itemId, audio_end_ms: 120 });
  });
});

describe('several responses at a time', () => {
  const aside = (metadata: Record<string, string>) => ({
    type: 'response.create',
    response: { conversation: 'none', output_modalities: ['text'], metadata },
  });

  it('are made side by side outside the conversation, while one of the conversation goes on', async () => {
    const engines = scriptedEngines({ turns: [[sentence('Aloud.')], [sentence('First.')], [sentence('Second.')]] });
    const stuck = { ...engines, tts: { ...engines.tts, speak: neverAfter(0, engines.tts.speak) } };
    const session = await VirtualSession.open(stuck, input(manual));
    await session.send({ type: 'response.create' });
    await session.send(aside({ topic: 'one' }));
    await session.send(aside({ topic: 'two' }));
    const done = session
      .all('response.done')
      .map(({ response }) => [response.metadata?.topic, response.conversation_id]);
    expect(done).toEqual([
      ['one', undefined],
      ['two', undefined],
    ]);
    expect(session.all('response.output_text.done').map(({ text }) => text)).toEqual(['First.', 'Second.']);
    // Nothing of them is in the conversation; the first item of it is the one still being spoken.
    expect(session.all('conversation.item.added')).toHaveLength(1);
    await session.send({ type: 'response.create', event_id: 'again' });
    expect(session.last('error').error).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: 'again',
    });
    await session.send({ type: 'response.cancel' });
    expect(session.last('response.done').response).toMatchObject({ status: 'cancelled' });
  });

  it('are cancelled one by one', async () => {
    const engines = scriptedEngines({ turns: [[sentence('A.')], [sentence('B.')]] });
    const stuck = { ...engines, tts: { ...engines.tts, speak: neverAfter(0, engines.tts.speak) } };
    const session = await VirtualSession.open(stuck, input(manual));
    for (const _ of [1, 2]) await session.send({ type: 'response.create', response: { conversation: 'none' } });
    const [first, second] = session.all('response.created').map(({ response }) => response.id);
    await session.send({ type: 'response.cancel', response_id: second });
    await session.send({ type: 'response.cancel' });
    expect(session.last('error').error).toMatchObject({ code: 'response_cancel_not_active' });
    await session.send({ type: 'response.cancel', response_id: first });
    expect(session.all('response.done').map(({ response }) => response.id)).toEqual([second, first]);
  });

  it('call several tools in one, unless the session wants them one by one', async () => {
    const engines = scriptedEngines({
      turns: [
        [tool('a'), tool('b')],
        [tool('a'), tool('b')],
      ],
    });
    const session = await VirtualSession.open(engines, input(manual));
    await session.send({ type: 'response.create' });
    expect(session.last('response.done').response.output.map((item) => item.type)).toEqual([
      'function_call',
      'function_call',
    ]);
    expect(session.all('response.function_call_arguments.done').map((event) => event.output_index)).toEqual([0, 1]);
    await session.send({ type: 'response.create', response: { parallel_tool_calls: false } });
    expect(session.last('response.done').response.output).toHaveLength(1);
  });
});

describe('those who follow a session', () => {
  it('all see its events; the one who joins is greeted alone; it ends with its own', async () => {
    const session = await VirtualSession.open(scriptedEngines({ turns: [] }));
    session.take();
    const sideband = session.join('sideband');
    expect(sideband.take()).toEqual(['session.created']);
    sideband.say('{"type":"input_audio_buffer.clear"}');
    expect([session.take(), sideband.take()]).toEqual([['input_audio_buffer.cleared'], ['input_audio_buffer.cleared']]);
    const gone = session.join('sideband');
    gone.end();
    expect(session.client.closed).toBe('open');
    session.client.end();
    expect(sideband.closed).toBe('normally');
  });

  it('are told that the session expired, and then its channels close', async () => {
    const session = await VirtualSession.open(scriptedEngines({ turns: [] }));
    await session.clock.advanceAsync(5 * 60_000 + 1_000);
    expect(session.last('error').error).toMatchObject({
      code: 'session_expired',
      message: 'Your session hit the maximum duration of 5 minutes.',
    });
    expect(session.client.closed).toBe('expired');
  });
});

type Speak = ReturnType<typeof scriptedEngines>['tts']['speak'];

/** A voice that speaks so many sentences, then works for ever. */
function neverAfter(sentences: number, speak: Speak): Speak {
  let left = sentences;
  return (request, signal) => (left-- > 0 ? speak(request, signal) : new Promise(() => {}));
}
