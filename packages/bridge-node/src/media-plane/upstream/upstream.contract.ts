import { VoiceBridgeError } from '@voice-bridge/core';
import type { ServerItem } from '@voice-bridge/core/openai';
import { expect, it } from 'vitest';
import type { SessionOptions } from '../../seam/session-commands.ts';
import { CANARY_KEY, SessionBench } from '../testing/session-bench.ts';

const CALL = {
  id: 'fc1',
  type: 'function_call',
  status: 'completed',
  call_id: 'call_1',
  name: 'roll_dice',
  arguments: '{}',
} as const satisfies ServerItem;

/** What holds for a session whichever way its model is reached: against a model in memory, in virtual time. */
export function upstreamContract(transport: 'webrtc' | 'websocket'): void {
  const over = (bench: SessionBench, changes: Partial<SessionOptions['upstream']> = {}) => ({
    upstream: { ...bench.options.upstream, transport, ...changes },
  });
  const opened = async () => {
    const bench = new SessionBench();
    return bench.open(over(bench));
  };

  const inputOf = async (changes: Partial<SessionOptions['upstream']>) => {
    const bench = new SessionBench();
    await bench.open(over(bench, changes));
    return bench.model.got('session.update')[0]?.session.audio?.input;
  };

  it('is dialled with the key in the header alone', async () => {
    const bench = await opened();
    const [request] = bench.model.requests;
    expect(request?.authorization).toBe(`Bearer ${CANARY_KEY}`);
    expect(`${request?.path} ${request?.body}`).toContain('gpt-realtime-2.1');
    expect(JSON.stringify([request?.path, request?.body, bench.logs, bench.events])).not.toContain(CANARY_KEY);
  });

  it('is open when the model has taken the settings, and not before', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open(over(bench));
    expect(bench.events).toEqual([]);
    bench.model.say({ type: 'session.updated', session: {} });
    await bench.settle();
    expect(bench.events.map(({ type }) => type)).toEqual(['opened']);
  });

  it('is told how to listen as the application wants it: when a turn ends, how words are written down, what noise there is', async () => {
    const listening = {
      turnDetection: { type: 'server_vad', silence_duration_ms: 900 },
      transcription: { model: 'gpt-transcribe', language: 'en', prompt: 'Expect names of birds.' },
      noiseReduction: { type: 'far_field' },
    };
    expect(await inputOf(listening)).toMatchObject({
      turn_detection: listening.turnDetection,
      transcription: listening.transcription,
      noise_reduction: listening.noiseReduction,
    });
    const none = { turn_detection: null, transcription: null, noise_reduction: null };
    expect(await inputOf({ turnDetection: null, transcription: null, noiseReduction: null })).toMatchObject(none);
    expect(await inputOf({})).toMatchObject({
      turn_detection: { type: 'server_vad' },
      transcription: { model: 'gpt-transcribe' },
    });
  });

  it.each([
    [401, 'model_rejected'],
    [429, 'model_rate_limited'],
    [503, 'model_unreachable'],
    [302, 'model_rejected'],
  ])('refused with HTTP %i, it ends as %s, without the key and the words of the server', async (status, code) => {
    const bench = new SessionBench();
    const body = JSON.stringify({ error: { message: `Bad key ${CANARY_KEY}`, type: 'x', code: CANARY_KEY } });
    bench.model.answer = async () => new Response(body, { status });
    await bench.open(over(bench));
    expect(bench.got('closed')).toMatchObject([{ reason: 'failed', code }]);
    expect(JSON.stringify([bench.events, bench.logs])).not.toContain(CANARY_KEY);
    expect(bench.clock.pending).toBe(0);
  });

  it('ends as model_rejected when the model does not like the settings', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open(over(bench));
    const error = {
      type: 'invalid_request_error',
      code: 'invalid_value',
      message: 'No such voice',
      event_id: 'vb_session',
    };
    bench.model.say({ type: 'error', error });
    await bench.settle();
    expect(bench.got('closed')).toMatchObject([{ code: 'model_rejected', message: 'No such voice' }]);
  });

  it('ends as model_unreachable when the model hangs up before it is ready', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open(over(bench));
    await bench.model.end();
    await bench.pass(3_000);
    expect(bench.got('closed')).toMatchObject([{ reason: 'failed', code: 'model_unreachable' }]);
    expect(bench.clock.pending).toBe(0);
  });

  it('gives up a model that is not ready in time, and frees what it had', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open(over(bench));
    await bench.pass(bench.options.upstream.connectTimeoutMs);
    await bench.pass(0);
    expect(bench.got('closed')).toMatchObject([{ code: 'connect_timeout' }]);
    expect(bench.clock.pending).toBe(0);
    expect(bench.network.connections.every(({ state }) => state.name === 'closed')).toBe(true);
  });

  it('can be closed while it is dialled', async () => {
    const bench = new SessionBench();
    bench.model.answer = (signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new VoiceBridgeError('aborted', ''))));
    await bench.open(over(bench));
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(3_000);
    expect(bench.got('closed')).toMatchObject([{ reason: 'stopped' }]);
    expect(bench.clock.pending).toBe(0);
  });

  it('says what users type, with a picture if there is one, and asks for one answer', async () => {
    const bench = await opened();
    const imageUrl = 'data:image/png;base64,AAAA';
    bench.handle.send({ type: 'sendText', text: 'what is this', participantId: undefined, imageUrl });
    await bench.settle();
    expect(bench.model.got('conversation.item.create').map(({ item }) => item)).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'what is this' },
          { type: 'input_image', image_url: imageUrl },
        ],
      },
    ]);
    expect(bench.model.got('response.create')).toHaveLength(1);
  });

  it('has tools run and answers with their results, once', async () => {
    const bench = await opened();
    bench.model.say(
      { type: 'response.created', response: { id: 'r1', status: 'in_progress', output: [] } },
      { type: 'response.output_item.done', response_id: 'r1', output_index: 0, item: CALL },
      {
        type: 'response.done',
        response: { id: 'r1', status: 'completed', output: [CALL], usage: { input_tokens: 7, output_tokens: 3 } },
      },
    );
    await bench.settle();
    expect(bench.got('toolCall')).toEqual([{ type: 'toolCall', callId: 'call_1', name: 'roll_dice', arguments: '{}' }]);
    expect(bench.got('usage')).toEqual([{ type: 'usage', inputTokens: 7, outputTokens: 3 }]);
    bench.handle.send({ type: 'toolResult', callId: 'call_1', output: '6', failed: false });
    await bench.settle();
    const output = { type: 'function_call_output', call_id: 'call_1', output: '6' };
    expect(bench.model.got('conversation.item.create').at(-1)?.item).toMatchObject(output);
    expect(bench.model.got('response.create')).toHaveLength(1);
  });

  it('ends as model_closed when the model hangs up, and as session_expired when it said so before', async () => {
    const cut = await opened();
    await cut.model.end();
    await cut.settle();
    expect(cut.got('closed')).toMatchObject([{ reason: 'model_closed', code: 'model_closed' }]);
    const expired = await opened();
    const message = 'Your session hit the maximum duration of 60 minutes.';
    expired.model.say({ type: 'error', error: { type: 'invalid_request_error', code: 'session_expired', message } });
    await expired.settle();
    await expired.model.end();
    await expired.settle();
    expect(expired.got('closed')).toMatchObject([{ code: 'session_expired', message }]);
  });

  it('leaves nothing behind when it is closed', async () => {
    const bench = await opened();
    await bench.join();
    await bench.pass(1_000);
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(3_000);
    expect(bench.got('closed')).toHaveLength(1);
    expect(bench.clock.pending).toBe(0);
    expect(bench.network.connections.every(({ state }) => state.name === 'closed')).toBe(true);
  });
}
