import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';
import { VirtualSession } from '../testing/virtual-session.ts';

/** 1 s of speech. */
const HELLO = sentence('Hello, how are you 2?');
const spokenMs = HELLO.text.length * 50;
const turns = [[HELLO], [sentence('Are you there?')], [sentence('Goodbye.')]];
const input = (idle_timeout_ms: number | null) => ({
  audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms, silence_duration_ms: 300 } } } as const,
});
const TRIGGERED = [
  'input_audio_buffer.timeout_triggered',
  'input_audio_buffer.committed',
  'conversation.item.added',
  'conversation.item.done',
  'response.created',
];

describe('idle_timeout_ms', () => {
  it('lets the assistant speak again when an answer was heard and so long nobody spoke, again and again', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns }), input(6_000));
    await call.silence(20_000);
    expect(call.take()).toEqual(['session.created']);
    await call.send({ type: 'response.create' });
    await call.silence(spokenMs + 5_900);
    expect(call.all('input_audio_buffer.timeout_triggered')).toEqual([]);
    call.take();
    await call.silence(200);
    expect(call.take().slice(0, 5)).toEqual(TRIGGERED);
    const { item_id, audio_start_ms, audio_end_ms } = call.last('input_audio_buffer.timeout_triggered');
    expect(Math.abs(audio_end_ms - audio_start_ms - 6_000)).toBeLessThanOrEqual(40);
    expect(Math.abs(audio_start_ms - 20_000 - spokenMs)).toBeLessThanOrEqual(60);
    expect(call.last('input_audio_buffer.committed').item_id).toBe(item_id);
    expect(call.last('response.output_audio_transcript.done').transcript).toBe('Are you there?');
    await call.silence(8_000);
    expect(call.all('input_audio_buffer.timeout_triggered')).toHaveLength(2);
  });

  it('begins anew with every answer, and a user who speaks is not prompted', async () => {
    const engines = scriptedEngines({ turns, heard: ['one'] });
    const call = await VirtualCall.open(engines, input(5_000));
    await call.send({ type: 'response.create' });
    await call.silence(spokenMs + 4_000);
    await call.speak(3_000);
    expect(call.all('input_audio_buffer.timeout_triggered')).toEqual([]);
    await call.silence(5_000);
    expect(call.all('input_audio_buffer.timeout_triggered')).toEqual([]);
    await call.silence(1_500);
    expect(call.all('input_audio_buffer.timeout_triggered')).toHaveLength(1);
  });

  it('counts from the end of what was heard, also when the answer was cut off', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns }), input(5_000));
    await call.send({ type: 'response.create' });
    await call.silence(200);
    await call.send({ type: 'output_audio_buffer.clear' });
    await call.silence(5_100);
    expect(call.all('input_audio_buffer.timeout_triggered')).toHaveLength(1);
  });

  it('is none unless it is set, and only with server VAD', async () => {
    for (const session of [input(null), { audio: { input: { turn_detection: { type: 'semantic_vad' } } } } as const]) {
      const call = await VirtualCall.open(scriptedEngines({ turns }), session);
      await call.send({ type: 'response.create' });
      await call.wait(60_000);
      expect(call.all('input_audio_buffer.timeout_triggered')).toEqual([]);
    }
  });

  it('counts the playback at a client that gets its audio in events, on the line of what it appends', async () => {
    const session = await VirtualSession.open(scriptedEngines({ turns }), input(5_000));
    await session.append([{ ms: 400, loud: false }]);
    await session.send({ type: 'response.create' });
    await session.clock.advanceAsync(spokenMs + 4_900);
    expect(session.all('input_audio_buffer.timeout_triggered')).toEqual([]);
    await session.append([{ ms: 700, loud: false }]);
    await session.clock.advanceAsync(200);
    expect(session.last('input_audio_buffer.timeout_triggered')).toMatchObject({
      audio_start_ms: 400,
      audio_end_ms: 1_100,
    });
  });
});
