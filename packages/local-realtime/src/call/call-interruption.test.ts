import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { ANSWER_ENDS, sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';

// Forty characters, 50 ms each, of the scripted voice.
const LONG = 'These forty characters take two seconds.';
const story = [sentence(LONG), sentence(LONG), sentence(LONG)];
const detection = { type: 'server_vad', silence_duration_ms: 300 } as const;
const session = { audio: { input: { turn_detection: detection } } };

/** A call in the middle of the assistant's story; the script has one more turn. */
async function callWithStory(turns = story, audio: typeof session | object = session) {
  const asked: string[][] = [];
  const engines = scriptedEngines({
    turns: [
      turns,
      (request) => {
        asked.push(request.items.map((item) => (item.type === 'message' ? `${item.role}: ${item.text}` : item.type)));
        return [sentence('As you like.')];
      },
    ],
    heard: ['tell me a story', 'stop'],
  });
  const call = await VirtualCall.open(engines, audio);
  await call.speak(400);
  await call.silence(1_200);
  call.take();
  return { call, asked };
}

describe('an interruption by voice', () => {
  it('[S-2.11] cancels the response, empties the queue and cuts what was not heard', async () => {
    const { call } = await callWithStory();
    await call.speak(100);
    expect(call.take()).toEqual([
      'input_audio_buffer.speech_started',
      ...ANSWER_ENDS,
      'output_audio_buffer.cleared',
      'conversation.item.truncated',
    ]);
    expect(call.last('response.done').response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ status: 'incomplete' }],
    });
    const { item_id, audio_end_ms } = call.last('conversation.item.truncated');
    expect(item_id).toBe(call.last('response.output_item.done').item.id);
    expect(audio_end_ms).toBe(call.packets.length * 20);
  });

  it('stops the audio with the event, within a few frames of speech', async () => {
    const { call } = await callWithStory();
    const start = call.clock.now();
    await call.speak(600);
    const clearedAt = call.times[call.events.findIndex(({ type }) => type === 'output_audio_buffer.cleared')] ?? 0;
    expect(clearedAt - start).toBeLessThanOrEqual(120);
    expect(call.packets.at(-1)?.at).toBeLessThanOrEqual(clearedAt);
  });

  it('goes on with what was heard, not with what was written', async () => {
    const { call, asked } = await callWithStory();
    await call.speak(400);
    await call.silence(1_500);
    expect(asked).toEqual([['user: tell me a story', expect.stringMatching(/^assistant: These forty/), 'user: stop']]);
    expect(asked[0]?.[1]?.split(' ').length).toBeLessThan(6);
    expect(call.last('response.done').response.status).toBe('completed');
  });

  it('cuts speech whose response is already done, without a second response.done', async () => {
    const { call } = await callWithStory([sentence(LONG)]);
    await call.speak(100);
    expect(call.take()).toEqual([
      'input_audio_buffer.speech_started',
      'output_audio_buffer.cleared',
      'conversation.item.truncated',
    ]);
  });

  it('leaves an answer that was heard whole as it is', async () => {
    const { call, asked } = await callWithStory([sentence('Short.')]);
    expect(call.all('output_audio_buffer.stopped')).toHaveLength(1);
    await call.speak(400);
    await call.silence(600);
    expect(call.all('conversation.item.truncated')).toEqual([]);
    expect(asked[0]).toContain('assistant: Short.');
  });

  it('lets the assistant speak on when interrupt_response is off', async () => {
    const interruptible = { audio: { input: { turn_detection: { ...detection, interrupt_response: false } } } };
    const { call } = await callWithStory(story, interruptible);
    const before = call.packets.length;
    await call.speak(400);
    await call.silence(500);
    expect(call.packets.length - before).toBe(45);
    expect(call.take().filter((type) => !type.startsWith('response.'))).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'error',
    ]);
    expect(call.last('error').error.code).toBe('conversation_already_has_active_response');
  });

  it('does not answer by itself when create_response is off', async () => {
    const engines = scriptedEngines({ turns: [[sentence('Yes.')]] });
    const waiting = { audio: { input: { turn_detection: { ...detection, create_response: false } } } };
    const call = await VirtualCall.open(engines, waiting);
    await call.speak(400);
    await call.silence(600);
    expect(call.all('response.created')).toEqual([]);
    await call.send({ type: 'response.create' });
    expect(call.all('response.created')).toHaveLength(1);
  });

  it('cancels an answer that was still being thought of', async () => {
    const engines = scriptedEngines({ turns: [] });
    const respond = async function* (_request: unknown, signal: AbortSignal) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      yield sentence('Too late.');
    };
    const call = await VirtualCall.open({ ...engines, assistant: { ...engines.assistant, respond } }, session);
    await call.speak(400);
    await call.silence(500);
    call.take();
    await call.speak(100);
    expect(call.take()).toEqual(['input_audio_buffer.speech_started', 'response.done']);
    expect(call.last('response.done').response).toMatchObject({ status: 'cancelled', output: [] });
    expect(call.packets).toEqual([]);
  });
});

describe('an interruption by the client', () => {
  it('cancels the response, and empties the queue when asked to', async () => {
    const { call } = await callWithStory();
    await call.send({ type: 'response.cancel' });
    expect(call.take().at(-1)).toBe('response.done');
    expect(call.last('response.done').response.status_details).toMatchObject({ reason: 'client_cancelled' });
    const before = call.packets.length;
    await call.silence(100);
    expect(call.packets.length - before).toBe(5);
    await call.send({ type: 'output_audio_buffer.clear' });
    expect(call.take()).toEqual(['output_audio_buffer.cleared', 'conversation.item.truncated']);
    await call.silence(500);
    expect(call.packets.length - before).toBe(5);
  });

  it('plays on to the end of what was made when only the response is cancelled', async () => {
    const { call } = await callWithStory();
    await call.send({ type: 'response.cancel' });
    await call.silence(3_000);
    expect(call.take().at(-1)).toBe('output_audio_buffer.stopped');
    expect(call.packets.length).toBe(100);
  });

  it('refuses to cancel nothing, and the session is unharmed', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [] }), session);
    await call.send({ type: 'response.cancel', event_id: 'mine' });
    expect(call.last('error').error).toMatchObject({
      type: 'invalid_request_error',
      code: 'response_cancel_not_active',
      event_id: 'mine',
    });
    await call.send({ type: 'output_audio_buffer.clear' });
    expect(call.take()).toEqual(['session.created', 'error']);
  });
});
