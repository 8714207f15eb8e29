import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { sentence, USER_ITEM } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';

const fast = { turn_detection: { type: 'server_vad', silence_duration_ms: 300 } } as const;
const transcribed = { audio: { input: { ...fast, transcription: { model: 'whisper-1' } } } };

const RESPONSE_OPENED = ['response.created', 'rate_limits.updated'];
const MESSAGE_OPENED = ['response.output_item.added', 'conversation.item.added', 'response.content_part.added'];
const MESSAGE_CLOSED = [
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'response.content_part.done',
  'response.output_item.done',
  'conversation.item.done',
];

describe('a spoken turn', () => {
  it('[S-2.9] tells everything in the documented order', async () => {
    const engines = scriptedEngines({ turns: [[sentence('It is noon.')]], heard: ['what time is it'] });
    const call = await VirtualCall.open(engines, transcribed);
    await call.silence(400);
    await call.speak(600);
    await call.silence(1_500);
    expect(call.take()).toEqual([
      'session.created',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      ...USER_ITEM,
      ...RESPONSE_OPENED,
      'conversation.item.input_audio_transcription.delta',
      'conversation.item.input_audio_transcription.completed',
      ...MESSAGE_OPENED,
      'output_audio_buffer.started',
      'response.output_audio_transcript.delta',
      ...MESSAGE_CLOSED,
      'response.done',
      'output_audio_buffer.stopped',
    ]);
  });

  it('says where in the audio the turn was, with prefix and silence', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[]] }), transcribed);
    await call.silence(1_000);
    await call.speak(600);
    await call.silence(500);
    const started = call.last('input_audio_buffer.speech_started');
    const stopped = call.last('input_audio_buffer.speech_stopped');
    expect(started.audio_start_ms).toBeGreaterThan(1_000 - 300 - 40);
    expect(started.audio_start_ms).toBeLessThan(1_000 - 300 + 60);
    expect(stopped.audio_end_ms).toBeGreaterThan(1_600 + 300 - 40);
    expect(stopped.audio_end_ms).toBeLessThan(1_600 + 300 + 80);
    expect(stopped.item_id).toBe(started.item_id);
    expect(call.last('input_audio_buffer.committed').item_id).toBe(started.item_id);
  });

  it('gives the finished response its whole shape', async () => {
    const engines = scriptedEngines({ turns: [[sentence('It is noon.'), sentence('A good day to you')]] });
    const call = await VirtualCall.open(engines, transcribed);
    await call.speak(600);
    await call.silence(2_500);
    const created = call.last('response.created').response;
    expect(created).toMatchObject({ status: 'in_progress', output: [] });
    expect([created.usage, created.status_details, created.metadata]).toEqual([undefined, undefined, undefined]);
    const done = call.last('response.done').response;
    expect(done).toMatchObject({
      id: created.id,
      object: 'realtime.response',
      status: 'completed',
      conversation_id: created.conversation_id,
      output_modalities: ['audio'],
      max_output_tokens: 'inf',
      audio: { output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'marin' } },
      output: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_audio', transcript: 'It is noon. A good day to you' }],
        },
      ],
    });
    const usage = done.usage ?? {};
    expect(usage.input_token_details?.audio_tokens).toBeGreaterThan(5);
    expect(usage.output_token_details?.audio_tokens).toBe(Math.ceil((560 + 860) / 50));
    expect(usage.total_tokens).toBe((usage.input_tokens ?? 0) + (usage.output_tokens ?? 0));
    const deltas = call.all('response.output_audio_transcript.delta').map(({ delta }) => delta);
    expect(deltas.join('')).toBe('It is noon. A good day to you');
  });

  it('gives every event an id of its own', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[sentence('Yes.')]] }), transcribed);
    await call.speak(400);
    await call.silence(1_000);
    const ids = call.events.map((event) => event.event_id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id?.startsWith('event_'))).toBe(true);
  });

  it('answers within the silence window and a few frames: recognition has begun before the turn is over', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[sentence('Yes.')]] }), transcribed);
    await call.speak(600);
    const end = call.clock.now();
    await call.silence(600);
    expect((call.packets[0]?.at ?? Number.POSITIVE_INFINITY) - end).toBeLessThanOrEqual(380);
  });

  it('sends one packet per 20 ms on one line of numbers and times', async () => {
    const engines = scriptedEngines({ turns: [[sentence('Twenty characters...'), sentence('Twenty characters...')]] });
    const call = await VirtualCall.open(engines, transcribed);
    await call.speak(400);
    await call.silence(3_000);
    expect(call.packets).toHaveLength(100);
    call.packets.forEach((packet, index) => {
      const before = call.packets[index - 1];
      if (before === undefined) return;
      expect((packet.sequenceNumber - before.sequenceNumber) & 0xffff).toBe(1);
      expect((packet.timestamp - before.timestamp) >>> 0).toBe(960);
      expect(packet.at - before.at).toBe(20);
      expect(packet.marker).toBe(false);
    });
    expect(call.packets[0]?.marker).toBe(true);
  });

  it('speaks the first sentence while the next is made, and makes no more than it needs ahead', async () => {
    const long = 'These forty characters take two seconds.';
    const engines = scriptedEngines({ turns: [[sentence(long), sentence(long), sentence(long)]] });
    const call = await VirtualCall.open(engines, transcribed);
    await call.speak(400);
    await call.silence(700);
    const spoken = () =>
      call
        .all('response.output_audio_transcript.delta')
        .map(({ delta }) => delta)
        .join('');
    expect(spoken()).toBe(long);
    expect(call.take()).not.toContain('response.done');
    await call.silence(1_000);
    expect(spoken()).toBe(`${long} ${long}`);
    await call.silence(5_000);
    expect(call.take().slice(-2)).toEqual(['response.done', 'output_audio_buffer.stopped']);
    expect(call.packets).toHaveLength(300);
  });

  it('[S-2.11] commits the turn of a speaker whose packets stop mid-word', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[sentence('Yes.')]] }), transcribed);
    await call.speak(600);
    const end = call.clock.now();
    await call.wait(1_000);
    expect(call.take()).toContain('response.done');
    const stoppedAt =
      call.times[call.events.findIndex(({ type }) => type === 'input_audio_buffer.speech_stopped')] ?? 0;
    expect(stoppedAt - end).toBeLessThanOrEqual(400);
  });

  it('says so when there is no recogniser, and tells that transcription failed', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [], heard: 'nothing_installed' }), transcribed);
    await call.speak(400);
    await call.silence(600);
    const failed = call.last('conversation.item.input_audio_transcription.failed');
    expect(failed.error.code).toBe('recogniser_missing');
    expect(call.last('response.output_audio_transcript.done').transcript).toContain('Please type.');
  });

  it('tells no transcription unless asked to', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[sentence('Yes.')]] }), { audio: { input: fast } });
    await call.speak(400);
    await call.silence(600);
    expect(call.take().filter((type) => type.includes('transcription'))).toEqual([]);
    expect(call.packets.length).toBeGreaterThan(0);
  });

  it('ends a response that cannot be made as failed and goes on with the next turn', async () => {
    let asked = 0;
    const engines = scriptedEngines({ turns: [] });
    const failing = async function* () {
      if (asked++ === 0) throw new Error('secret detail');
      yield sentence('Better now.');
    };
    const call = await VirtualCall.open(
      { ...engines, assistant: { ...engines.assistant, respond: failing } },
      transcribed,
    );
    await call.speak(400);
    await call.silence(600);
    const failed = call.last('response.done').response;
    expect(failed).toMatchObject({ status: 'failed', status_details: { error: { code: 'internal' } } });
    expect(JSON.stringify(call.events)).not.toContain('secret detail');
    await call.speak(400);
    await call.silence(600);
    expect(call.last('response.done').response.status).toBe('completed');
  });
});
