import { describe, expect, it } from 'vitest';
import { CANARY_KEY, SessionBench } from '../../testing/session-bench.ts';

describe('a call to an OpenAI Realtime server', () => {
  it('names the model when it is made, with the key in the header alone [S-1.4] [S-1.23] [S-2.19]', async () => {
    const bench = await new SessionBench().open();
    const [request] = bench.model.requests;
    expect(request).toMatchObject({ path: '/v1/realtime/calls', authorization: `Bearer ${CANARY_KEY}` });
    expect(request?.body).toContain('{"type":"realtime","model":"gpt-realtime-2.1"}');
    expect(request?.body).not.toContain(CANARY_KEY);
    expect(bench.logs.join()).not.toContain(CANARY_KEY);
  });

  it('offers all its candidates and dials those of the model', async () => {
    const bench = await new SessionBench().open();
    expect(bench.network.connections[0]?.options).toMatchObject({ channels: ['oai-events'], dialCandidates: true });
  });

  it('reaches a model on this machine over loopback', async () => {
    const bench = new SessionBench();
    const { upstream } = bench.options;
    await bench.open({ upstream: { ...upstream, baseUrl: 'http://localhost:1234/v1' } });
    expect(bench.network.connections[0]?.options.additionalHostAddresses).toEqual(['127.0.0.1']);
  });

  it('is configured with one session.update [S-1.23] [S-2.11]', async () => {
    const bench = await new SessionBench().open();
    expect(bench.model.got('session.update').map(({ session }) => session)).toEqual([
      {
        type: 'realtime',
        instructions: 'Be brief.',
        output_modalities: ['audio'],
        audio: {
          input: { turn_detection: { type: 'server_vad' }, transcription: { model: 'gpt-transcribe' } },
          output: { voice: 'marin' },
        },
        tools: [
          {
            type: 'function',
            name: 'roll_dice',
            description: 'Roll dice',
            parameters: { type: 'object', properties: {} },
          },
        ],
      },
    ]);
  });

  it('takes turn detection as the application wants it', async () => {
    const bench = new SessionBench();
    const { upstream } = bench.options;
    const turnDetection = { type: 'semantic_vad', eagerness: 'high' };
    await bench.open({ upstream: { ...upstream, turnDetection } });
    expect(bench.model.got('session.update')[0]?.session.audio?.input?.turn_detection).toEqual(turnDetection);
  });

  it('is told what was said in earlier sessions, as text, and does not say it again', async () => {
    const bench = new SessionBench();
    await bench.open({
      history: [
        { id: 'ses_0/a', role: 'user', text: 'I am Ada.', state: 'final' },
        { id: 'ses_0/b', role: 'assistant', text: 'Hello Ada.', state: 'final' },
      ],
    });
    const items = bench.model.got('conversation.item.create').map(({ item }) => item);
    expect(items).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'I am Ada.' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'Hello Ada.' }] },
    ]);
    expect(bench.model.got('response.create')).toEqual([]);
    expect(bench.got('transcript')).toEqual([]);
  });

  it('is silenced by an interruption: first the response, then what is queued of it', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    bench.model.say(
      { type: 'response.created', response: { id: 'r1', status: 'in_progress', output: [] } },
      { type: 'output_audio_buffer.started', response_id: 'r1' },
    );
    await bench.settle();
    client.send({ type: 'interrupt' });
    await bench.settle();
    bench.model.speak(1);
    await bench.settle();
    expect(bench.model.events.slice(-2).map(({ type }) => type)).toEqual([
      'response.cancel',
      'output_audio_buffer.clear',
    ]);
    expect(client.audio).toEqual([]);
  });

  it('lets the next answer through at once after an interruption', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    bench.model.say({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 });
    bench.model.say({ type: 'input_audio_buffer.speech_stopped', item_id: 'u1', audio_end_ms: 50 });
    bench.model.say({ type: 'response.created', response: { id: 'r2', status: 'in_progress', output: [] } });
    await bench.settle();
    bench.model.speak(1);
    await bench.settle();
    expect(client.audio).toEqual([]);
    bench.model.say({ type: 'output_audio_buffer.started', response_id: 'r2' });
    await bench.settle();
    bench.model.speak(2);
    await bench.settle();
    expect(client.audio.map(({ payload }) => payload[1])).toEqual([2]);
  });

  it('is not repeated to anybody where it quotes the instructions or the key', async () => {
    const instructions = 'The treasure of the house lies under the oak tree.';
    const bench = new SessionBench();
    await bench.open({ upstream: { ...bench.options.upstream, apiKey: 'local-secret-0123', instructions } });
    const client = await bench.join();
    for (const message of [`Too long: '${instructions.slice(0, 40)}…'`, `${'x'.repeat(290)} local-secret-0123`]) {
      bench.model.say({ type: 'error', error: { type: 'invalid_request_error', message } });
    }
    await bench.settle();
    expect(bench.got('warning')).toHaveLength(2);
    const told = JSON.stringify([bench.events, client.messages, bench.logs]);
    expect(told).not.toContain('treasure');
    expect(told).not.toContain('local-se');
  });

  it('gets the beginning of a tool result that is too large for one message', async () => {
    const bench = await new SessionBench().open();
    await bench.join();
    const item = {
      id: 'fc1',
      type: 'function_call' as const,
      status: 'completed' as const,
      call_id: 'call_1',
      name: 'roll_dice',
      arguments: '{}',
    };
    bench.model.say(
      { type: 'response.created', response: { id: 'r1', status: 'in_progress', output: [] } },
      { type: 'response.output_item.done', response_id: 'r1', output_index: 0, item },
      { type: 'response.done', response: { id: 'r1', status: 'completed', output: [item] } },
    );
    await bench.settle();
    bench.handle.send({ type: 'toolResult', callId: 'call_1', output: '\u0001'.repeat(32_000), failed: false });
    await bench.settle();
    const output = bench.model.got('conversation.item.create').at(-1)?.item;
    expect(output).toMatchObject({ type: 'function_call_output', output: '\u0001'.repeat(8_000) });
    expect(bench.model.got('response.create')).toHaveLength(1);
  });
});
