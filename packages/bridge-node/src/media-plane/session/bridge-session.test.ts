import { PROTOCOL_VERSION } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { speechPacket } from '../testing/fake-model.ts';
import { SessionBench } from '../testing/session-bench.ts';

describe('a session', () => {
  it('connects and configures the model before it answers an offer [S-2.7] [S-1.18]', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open();
    await bench.join('early');
    expect(bench.events).toEqual([]);

    bench.model.say({ type: 'session.updated', session: {} });
    await bench.settle();
    expect(bench.events.map((event) => event.type)).toEqual(['opened', 'joinAnswered']);
  });

  it('tells a client where the session stands when its control channel opens', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1');
    expect(client.messages).toEqual([
      {
        type: 'joined',
        protocol_version: PROTOCOL_VERSION,
        session_id: 'ses_bench',
        participant_id: 'p1',
        conversation_id: 'bench',
        assistant: 'idle',
        transcript: [],
        history: [],
        participants: [
          { participant_id: 'p1', name: null, role: 'speaker', transport: 'webrtc', muted: false, gain: 1 },
        ],
      },
    ]);
    expect(bench.got('participantJoined')).toHaveLength(1);
  });

  it('tells a client what was said in earlier sessions [S-1.30]', async () => {
    const history = [{ id: 'ses_0/a', role: 'user', text: 'I am Ada.', state: 'final' }] as const;
    const bench = await new SessionBench().open({ history });
    expect((await bench.join()).messages).toMatchObject([{ type: 'joined', transcript: [], history }]);
  });

  it('carries audio both ways, unopened [S-2.8] [S-3.1] [S-4.8]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    for (const number of [7, 8, 9]) {
      client.speak(number);
      bench.model.speak(number + 100);
    }
    await bench.settle();
    expect(bench.model.audio.map(({ payload }) => payload[1])).toEqual([7, 8, 9]);
    expect(client.audio.map(({ payload }) => payload[1])).toEqual([107, 108, 109]);
    expect(client.silences).toBe(1);
  });

  it('tells how both legs are when it is asked [S-1.41] [S-0.48]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join('p1');
    for (const number of [7, 8, 10]) client.speak(number);
    bench.model.speak(107);
    await bench.settle();
    bench.handle.send({ type: 'reportStats' });
    const stats = bench.got('stats')[0]?.stats;
    const inbound = { type: 'inbound-rtp', kind: 'audio', packetsReceived: 3, packetsLost: 1 };
    expect(stats?.participants.p1).toContainEqual(expect.objectContaining(inbound));
    expect(stats?.model).toContainEqual(expect.objectContaining({ type: 'outbound-rtp', packetsSent: 3 }));
    expect(stats?.model).toContainEqual(expect.objectContaining({ type: 'inbound-rtp', packetsReceived: 1 }));
    expect(structuredClone(stats)).toEqual(stats);
  });

  it('passes packets unopened again when the second speaker leaves, and sends a client that left nothing', async () => {
    const bench = await new SessionBench().open();
    const first = await bench.join();
    const second = await bench.join();
    const ourEnd = bench.network.connections.at(-1);
    first.speak(1);
    await bench.settle();
    second.speak(2);
    await bench.pass(100);
    expect(bench.model.audio.at(0)?.payload).toEqual(speechPacket(1));
    second.send({ type: 'leave' });
    await bench.pass(1_000);
    first.speak(4);
    bench.model.speak(5);
    await bench.settle();
    expect(bench.model.audio.at(-1)?.payload).toEqual(speechPacket(4));
    expect(first.audio).toHaveLength(1);
    expect(ourEnd?.stats().packetsDiscardedOnSend).toBe(0);
  });

  it('hands typed text to the model and asks for an answer [S-2.5]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    client.send({ type: 'text', text: 'hello' });
    await bench.settle();
    bench.handle.send({ type: 'sendText', text: 'again', participantId: undefined });
    await bench.settle();
    expect(bench.model.got('conversation.item.create').map(({ item }) => item)).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
      { role: 'user', content: [{ type: 'input_text', text: 'again' }] },
    ]);
    expect(bench.model.got('response.create')).toHaveLength(1);
    expect(bench.got('activity')).toHaveLength(2);
  });

  it('tells every client the same things in the same order', async () => {
    const bench = await new SessionBench().open();
    const first = await bench.join();
    const second = await bench.join();
    bench.model.say(
      { type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 },
      { type: 'input_audio_buffer.speech_stopped', item_id: 'u1', audio_end_ms: 500 },
      { type: 'conversation.item.added', item: userItem('u1', null), previous_item_id: null },
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: 'u1',
        content_index: 0,
        transcript: 'roll the dice',
      },
    );
    await bench.settle();
    expect(first.messages.at(1)).toMatchObject({ type: 'participants', participants: [{}, {}] });
    expect(first.messages.slice(2)).toEqual(second.messages.slice(1));
    expect(first.got('speech').map(({ state }) => state)).toEqual(['started', 'stopped']);
    expect(first.got('transcript').at(-1)).toMatchObject({ entry: { id: 'u1', text: 'roll the dice', role: 'user' } });
    expect(bench.got('transcript').at(-1)).toMatchObject({ entry: { text: 'roll the dice' }, after: null });
  });

  it('gives a late client the transcript so far and the tool calls that run', async () => {
    const bench = await new SessionBench().open();
    await bench.join();
    callTool(bench, 'call_1');
    bench.model.say(
      { type: 'conversation.item.added', item: userItem('u1', 'roll the dice'), previous_item_id: null },
      { type: 'conversation.item.done', item: userItem('u1', 'roll the dice'), previous_item_id: null },
    );
    await bench.settle();
    const late = await bench.join();
    expect(late.messages).toMatchObject([
      { type: 'joined', assistant: 'using_tool', transcript: [{ text: 'roll the dice' }] },
      { type: 'tool_call', tool_call: { call_id: 'call_1', state: 'running' } },
    ]);
  });

  it('shows a tool call from start to end and answers the model once [S-1.20]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    callTool(bench, 'call_1');
    await bench.settle();
    expect(bench.got('toolCall')).toEqual([{ type: 'toolCall', callId: 'call_1', name: 'roll_dice', arguments: '{}' }]);

    bench.handle.send({ type: 'toolProgress', callId: 'call_1', progress: { rolled: 1 } });
    bench.handle.send({ type: 'toolResult', callId: 'call_1', output: '"six"', failed: false });
    bench.handle.send({ type: 'toolResult', callId: 'call_1', output: '"five"', failed: false });
    bench.handle.send({ type: 'toolProgress', callId: 'call_1', progress: 'too late' });
    bench.handle.send({ type: 'toolResult', callId: 'call_unknown', output: '', failed: true });
    await bench.settle();
    const outputs = bench.model.got('conversation.item.create').map(({ item }) => item);
    expect(outputs).toMatchObject([{ type: 'function_call_output', call_id: 'call_1', output: '"six"' }]);
    expect(bench.model.got('response.create')).toHaveLength(1);
    expect(client.got('tool_call').map(({ tool_call: call }) => [call.state, call.progress, call.result])).toEqual([
      ['running', undefined, undefined],
      ['running', { rolled: 1 }, undefined],
      ['done', { rolled: 1 }, '"six"'],
    ]);
  });

  it('tells clients of a failing model and goes on, without the key [S-1.47]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    bench.model.say({
      type: 'error',
      error: { type: 'server_error', code: 'oops', message: `key sk-canary-7d1f0c is bad` },
    });
    await bench.settle();
    expect(client.got('error')).toMatchObject([{ code: 'model_error', message: 'key [key] is bad' }]);
    expect(bench.got('warning')).toHaveLength(1);
    expect(bench.got('closed')).toEqual([]);
  });

  it('survives whatever the model sends', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    for (const text of ['', 'null', '{', '{"type":7}', '{"type":"response.done"}', '{"type":"new.thing"}']) {
      bench.model.sayRaw(text);
    }
    client.speak(1);
    await bench.settle();
    expect(bench.got('closed')).toEqual([]);
    expect(bench.model.audio).toHaveLength(1);
  });

  it('asks the model to say what the application announces', async () => {
    const bench = await new SessionBench().open();
    await bench.join();
    bench.handle.send({ type: 'announce', text: 'Say that the timer is over.' });
    await bench.settle();
    expect(bench.model.got('conversation.item.create').at(-1)?.item).toMatchObject({ role: 'system' });
    expect(bench.model.got('response.create')).toHaveLength(1);
  });

  it('survives a listener that throws', async () => {
    const bench = new SessionBench();
    bench.events.push = () => {
      throw new Error('listener');
    };
    await bench.open();
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(5_000);
    expect(bench.model.requests.map(({ path }) => path)).toContain('/v1/realtime/calls/rtc_fake/hangup');
    expect(bench.clock.pending).toBe(0);
  });
});

function callTool(bench: SessionBench, callId: string): void {
  const item = {
    id: 'fc1',
    type: 'function_call' as const,
    status: 'completed' as const,
    call_id: callId,
    name: 'roll_dice',
    arguments: '{}',
  };
  bench.model.say(
    { type: 'response.created', response: { id: 'r1', status: 'in_progress', output: [] } },
    { type: 'response.output_item.done', response_id: 'r1', output_index: 0, item },
    { type: 'response.done', response: { id: 'r1', status: 'completed', output: [item] } },
  );
}

function userItem(id: string, transcript: string | null) {
  return {
    id,
    type: 'message' as const,
    role: 'user' as const,
    status: 'completed' as const,
    content: [{ type: 'input_audio' as const, transcript }],
  };
}
