import { pcm16ToBytes } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { SessionBench } from '../../testing/session-bench.ts';

const FRAME_BYTES = 960;

async function start(): Promise<SessionBench> {
  const bench = new SessionBench();
  return bench.open({ upstream: { ...bench.options.upstream, transport: 'websocket' } });
}

/** The assistant says a tone of this length in one piece, as fast as it can. */
function speak(bench: SessionBench, responseId: string, ms: number): void {
  const pcm = Int16Array.from({ length: ms * 24 }, (_, n) => 8_000 * Math.sin((2 * Math.PI * 400 * n) / 24_000));
  const delta = Buffer.from(pcm16ToBytes(pcm)).toString('base64');
  const place = { response_id: responseId, item_id: `${responseId}-item`, output_index: 0, content_index: 0 };
  bench.model.say(
    { type: 'response.created', response: { id: responseId, status: 'in_progress', output: [] } },
    { type: 'response.output_audio.delta', ...place, delta },
    { type: 'response.done', response: { id: responseId, status: 'completed', output: [] } },
  );
}

describe('a session over a WebSocket', () => {
  it('is asked for by the name of the model, and speaks PCM both ways', async () => {
    const bench = await start();
    expect(bench.model.requests).toMatchObject([{ path: '/v1/realtime?model=gpt-realtime-2.1' }]);
    const format = { type: 'audio/pcm', rate: 24_000 };
    expect(bench.model.got('session.update')[0]?.session.audio).toMatchObject({
      input: { format },
      output: { format },
    });
  });

  it('is sent 20 ms of sound every 20 ms, whether anybody speaks or not', async () => {
    const bench = await start();
    await bench.pass(500);
    const client = await bench.join();
    for (let number = 0; number < 25; number++) {
      client.speak(number);
      await bench.pass(20);
    }
    const appended = bench.model
      .got('input_audio_buffer.append')
      .map(({ audio }) => Buffer.from(audio, 'base64').length);
    expect(appended).toEqual(new Array(50).fill(FRAME_BYTES));
  });

  it('tells what went over it, what waits for the model, and what was not heard yet [S-1.41]', async () => {
    const bench = await start();
    const stats = async () => {
      bench.handle.send({ type: 'reportStats' });
      await bench.settle();
      return bench.got('stats').at(-1)?.stats.model;
    };
    const { line } = bench.model;
    if (line === undefined) throw new Error('No line');
    await bench.join();
    await bench.pass(200);
    expect(await stats()).toMatchObject([
      { type: 'websocket', framesSent: 10, framesWaiting: 0, framesDropped: 0, playoutDelay: 0, messagesSent: 11 },
    ]);
    line.bufferedAmount = 1_000_000;
    await bench.pass(1_200);
    expect(await stats()).toMatchObject([{ framesSent: 10, framesWaiting: 50, framesDropped: 10 }]);
    line.bufferedAmount = 0;
    speak(bench, 'r1', 2_000);
    await bench.pass(1_000);
    const [later] = (await stats()) ?? [];
    expect(later).toMatchObject({ messagesReceived: 5 });
    expect(later?.type === 'websocket' && later.playoutDelay).toBeCloseTo(1, 1);
  });

  it('is heard at the pace of speech, however fast it came, and is speaking until it was heard', async () => {
    const bench = await start();
    const client = await bench.join();
    speak(bench, 'r1', 1_000);
    await bench.settle();
    await bench.pass(480);
    expect(client.audio.length).toBeGreaterThanOrEqual(24);
    expect(client.audio.length).toBeLessThanOrEqual(26);
    expect(bench.got('assistantChanged').at(-1)).toMatchObject({ state: 'speaking' });
    await bench.pass(600);
    expect(client.audio).toHaveLength(50);
    expect(bench.got('assistantChanged').at(-1)).toMatchObject({ state: 'idle' });
  });

  it('falls silent when the user speaks, tells the model how much was heard, and is heard again', async () => {
    const bench = await start();
    const client = await bench.join();
    speak(bench, 'r1', 1_000);
    await bench.settle();
    await bench.pass(390);
    bench.model.say({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 });
    await bench.settle();
    const heard = client.audio.length;
    expect(bench.model.got('conversation.item.truncate')).toMatchObject([
      { item_id: 'r1-item', content_index: 0, audio_end_ms: heard * 20 },
    ]);
    await bench.pass(1_000);
    expect(client.audio).toHaveLength(heard);
    bench.model.say({ type: 'input_audio_buffer.speech_stopped', item_id: 'u1', audio_end_ms: 900 });
    speak(bench, 'r2', 100);
    await bench.settle();
    await bench.pass(200);
    expect(client.audio).toHaveLength(heard + 5);
  });

  it('is truncated to what whoever heard most of it heard: not to what came to who joined late, or hears nothing', async () => {
    const bench = await start();
    const first = await bench.join('first');
    speak(bench, 'r1', 1_000);
    await bench.settle();
    await bench.pass(200);
    const late = await bench.join('late');
    const observer = await bench.join('observer', { role: 'observer' });
    const silent = await bench.join('channel', { audio: false });
    await bench.pass(190);
    silent.connection.lose();
    bench.model.say({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 });
    await bench.settle();
    const heard = [first, late, observer].map(({ audio }) => audio.length);
    expect(heard[1]).toBeLessThan(heard[0] ?? 0);
    expect(heard[2]).toBe(0);
    expect(bench.model.got('conversation.item.truncate')).toMatchObject([{ audio_end_ms: (heard[0] ?? 0) * 20 }]);
  });

  it('falls silent when a client says so, also after the model has said everything', async () => {
    const bench = await start();
    const client = await bench.join();
    speak(bench, 'r1', 1_000);
    await bench.settle();
    await bench.pass(200);
    client.send({ type: 'interrupt' });
    await bench.settle();
    const heard = client.audio.length;
    await bench.pass(1_000);
    expect(client.audio).toHaveLength(heard);
    expect(bench.model.got('conversation.item.truncate')).toHaveLength(1);
    expect(bench.model.events.map(({ type }) => type)).not.toContain('output_audio_buffer.clear');
    expect(bench.got('assistantChanged').at(-1)).toMatchObject({ state: 'idle' });
  });

  it('leaves nothing behind when it ends in the middle of an answer, whoever ends it', async () => {
    for (const end of [
      (bench: SessionBench) => bench.handle.send({ type: 'close', reason: 'stopped' }),
      (bench: SessionBench) => void bench.model.end(),
    ]) {
      const bench = await start();
      const client = await bench.join();
      speak(bench, 'r1', 10_000);
      await bench.settle();
      await bench.pass(100);
      end(bench);
      await bench.pass(3_000);
      expect(client.audio.length).toBeLessThan(10);
      expect(bench.got('closed')).toHaveLength(1);
      expect(bench.clock.pending).toBe(0);
    }
  });

  it('warns once when the line is too slow for the sound, drops the oldest of it, and catches up', async () => {
    const bench = await start();
    const { line } = bench.model;
    if (line === undefined) throw new Error('No line');
    await bench.pass(100);
    line.bufferedAmount = 1_000_000;
    await bench.pass(3_000);
    const stuck = bench.model.got('input_audio_buffer.append').length;
    expect(bench.got('warning')).toMatchObject([{ code: 'model_error' }]);
    line.bufferedAmount = 0;
    await bench.pass(20);
    expect(bench.model.got('input_audio_buffer.append').length - stuck).toBe(51);
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(3_000);
    expect(bench.logs.filter((line) => line.includes('never reached'))).toHaveLength(1);
    expect(bench.clock.pending).toBe(0);
  });
});
