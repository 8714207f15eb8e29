import { describe, expect, it } from 'vitest';
import { ConversationScript, functionCall, userText } from './conversation-script.fixture.ts';

const REFUSED = 'conversation_already_has_active_response';

describe('tool calls', () => {
  it('are told exactly once, however often the model repeats them', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.itemDone('r1', functionCall('f1', 'call_1'));
    script.itemDone('r1', functionCall('f1', 'call_1'));
    script.responseEnds('r1', 'completed', [functionCall('f1', 'call_1')]);
    expect(script.of('toolCall')).toEqual([
      { type: 'toolCall', callId: 'call_1', name: 'set_lamp', arguments: '{"colour":"red"}' },
    ]);
    expect(script.assistantStates).toEqual(['thinking', 'using_tool']);
  });

  it('are found in the finished response when their own event was missed', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.responseEnds('r1', 'completed', [functionCall('f1', 'call_1')]);
    expect(script.of('toolCall')).toHaveLength(1);
    script.give({ type: 'toolResult', callId: 'call_1', output: 'ok' });
    expect(script.asked).toBe(1);
  });

  it('that were cut while being written are not told', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    const cut = functionCall('f1', 'call_1');
    if (cut.type === 'function_call') script.itemDone('r1', { ...cut, status: 'incomplete' });
    script.responseEnds('r1', 'cancelled', [cut]);
    expect(script.of('toolCall')).toEqual([]);
  });

  it('of one response lead to one request, after the last result and the end of the response', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.itemDone('r1', functionCall('f1', 'call_1'));
    script.give({ type: 'toolResult', callId: 'call_1', output: '1' });
    script.itemDone('r1', functionCall('f2', 'call_2'));
    script.itemDone('r1', functionCall('f3', 'call_3'));
    script.responseEnds('r1');
    script.give({ type: 'toolResult', callId: 'call_3', output: '3' });
    expect(script.asked).toBe(0);
    script.give({ type: 'toolResult', callId: 'call_2', output: '2' });
    expect(script.asked).toBe(1);
    expect(script.sent.flatMap((event) => ('item' in event ? [event.item] : []))).toMatchObject([
      { type: 'function_call_output', call_id: 'call_1', output: '1' },
      { type: 'function_call_output', call_id: 'call_3', output: '3' },
      { type: 'function_call_output', call_id: 'call_2', output: '2' },
    ]);
    expect(script.assistantStates).toEqual(['thinking', 'using_tool', 'thinking', 'using_tool', 'thinking']);
  });

  it('take one result: a second one and one for an unknown call go nowhere', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.itemDone('r1', functionCall('f1', 'call_1'));
    script.responseEnds('r1');
    script.give({ type: 'toolResult', callId: 'call_1', output: 'ok' });
    expect(script.give({ type: 'toolResult', callId: 'call_1', output: 'again' })).toEqual([]);
    expect(script.give({ type: 'toolResult', callId: 'call_9', output: 'who?' })).toEqual([]);
  });

  it('wait with their answer until the user has finished speaking', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.itemDone('r1', functionCall('f1', 'call_1'));
    script.responseEnds('r1');
    script.server({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 });
    script.give({ type: 'toolResult', callId: 'call_1', output: 'ok' });
    expect(script.asked).toBe(0);
    script.userStops('u1', null);
    expect(script.asked).toBe(1);
  });
});

describe('asking for answers', () => {
  it('asks for one at a time and merges what comes meanwhile', () => {
    const script = ConversationScript.ready();
    script.give({ type: 'sendText', text: 'one' });
    script.give({ type: 'sendText', text: 'two' });
    script.give({ type: 'announce', text: 'The timer rang.' });
    expect(script.asked).toBe(1);
    script.responseStarts('r1');
    script.responseEnds('r1');
    expect(script.asked).toBe(2);
    script.responseStarts('r2');
    script.responseEnds('r2');
    expect(script.asked).toBe(2);
  });

  it('asks again when another response was running, and warns nobody', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r0');
    script.responseEnds('r0');
    script.give({ type: 'sendText', text: 'hello' });
    const [request] = script.sent.filter((event) => event.type === 'response.create');
    script.responseStarts('r1');
    script.added(userText('vb_item_1', 'hello'), null);
    const error = { type: 'invalid_request_error', code: REFUSED, message: 'Wait', event_id: request?.event_id ?? '' };
    script.server({ type: 'error', error });
    expect(script.asked).toBe(1);
    script.responseEnds('r1');
    expect(script.asked).toBe(2);
    expect(script.of('warning')).toEqual([]);
    expect(script.lines).toEqual(['user final: hello']);
  });

  it('does not ask twice for what a running answer has already seen', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.give({ type: 'announce', text: 'The timer rang.' });
    script.server({
      type: 'conversation.item.added',
      item: { id: 'vb_item_1', type: 'message', role: 'system', content: [] },
    });
    script.server({ type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 });
    script.responseEnds('r1', 'cancelled');
    script.server({ type: 'input_audio_buffer.speech_stopped', item_id: 'u1', audio_end_ms: 500 });
    expect(script.asked).toBe(1);
    script.responseStarts('r2');
    script.server({ type: 'error', error: { type: 'x', code: REFUSED, message: 'Wait', event_id: 'vb_response_1' } });
    script.responseEnds('r2');
    expect(script.asked).toBe(1);
  });

  it('goes on when the end of a response could not be read', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    script.give({ type: 'sendText', text: 'hello' });
    script.server({ type: 'response.done' });
    expect(script.asked).toBe(1);
  });

  it('announces as a system message', () => {
    const script = ConversationScript.ready();
    script.give({ type: 'announce', text: 'The timer rang.' });
    expect(script.sent[0]).toMatchObject({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'The timer rang.' }] },
    });
  });
});
