import { describe, expect, it } from 'vitest';
import type { AssistantRequest } from '../engines/assistant/assistant-engine.ts';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';

const toolCall = (name: string, value: object) =>
  ({ type: 'function_call', name, arguments: JSON.stringify(value) }) as const;
const lamp = {
  type: 'function',
  name: 'set_lamp',
  description: 'Switch the lamp',
  parameters: { type: 'object', properties: { colour: { type: 'string' } } },
} as const;
const user = (text: string) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

const CALL_EVENTS = [
  'response.output_item.added',
  'conversation.item.added',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.output_item.done',
  'conversation.item.done',
];

describe('a text turn', () => {
  it('[S-2.5] is answered aloud', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[sentence('Hello to you')]] }));
    call.take();
    await call.send(user('hello'));
    expect(call.take()).toEqual(['conversation.item.added', 'conversation.item.done']);
    await call.send({ type: 'response.create' });
    await call.wait(1_000);
    expect(call.take().at(-1)).toBe('output_audio_buffer.stopped');
    expect(call.packets).toHaveLength(30);
  });

  it('is answered in text alone when the session asks for text', async () => {
    const engines = scriptedEngines({ turns: [[sentence('Hello to you.'), sentence('How are you?')]] });
    const call = await VirtualCall.open(engines, { output_modalities: ['text'] });
    await call.send(user('hello'));
    call.take();
    await call.send({ type: 'response.create' });
    await call.wait(1_000);
    expect(call.take()).toEqual([
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
    ]);
    expect(call.last('response.output_text.done').text).toBe('Hello to you. How are you?');
    expect(call.last('response.content_part.done').part).toEqual({ type: 'text', text: 'Hello to you. How are you?' });
    expect(call.packets).toEqual([]);
  });

  it('may set instructions, tools, modality and metadata for one response alone', async () => {
    const asked: AssistantRequest[] = [];
    const turn = (request: AssistantRequest) => {
      asked.push(request);
      return [sentence('Yes.')];
    };
    const call = await VirtualCall.open(scriptedEngines({ turns: [turn, turn] }), {
      instructions: 'Be brief.',
      tools: [lamp],
    });
    const response = {
      instructions: 'Be long.',
      output_modalities: ['text'],
      tool_choice: 'none',
      metadata: { topic: 'weather' },
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'only this' }] }],
    };
    await call.send(user('hello'));
    await call.send({ type: 'response.create', response });
    expect(call.last('response.done').response).toMatchObject({
      output_modalities: ['text'],
      metadata: { topic: 'weather' },
    });
    await call.send({ type: 'response.create' });
    expect(asked[0]).toMatchObject({ instructions: 'Be long.', tools: [], items: [{ text: 'only this' }] });
    expect(asked[1]).toMatchObject({ instructions: 'Be brief.', items: [{ text: 'hello' }, { text: 'Yes.' }] });
    expect(asked[1]?.tools.map(({ name }) => name)).toEqual(['set_lamp']);
  });

  it('leaves the conversation alone when told to', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [[sentence('Aside.')]] }));
    call.take();
    await call.send({ type: 'response.create', response: { conversation: 'none', output_modalities: ['text'] } });
    expect(call.take().filter((type) => type.startsWith('conversation.'))).toEqual([]);
    expect(call.last('response.done').response.conversation_id).toBeUndefined();
    const id = call.last('response.output_item.done').item.id ?? '';
    await call.send({ type: 'conversation.item.retrieve', item_id: id });
    expect(call.last('error').error.code).toBe('item_retrieve_invalid_item_id');
  });

  it('ends as incomplete when max_output_tokens are spent', async () => {
    const engines = scriptedEngines({ turns: [[sentence('One two three four five.'), sentence('Never said.')]] });
    const call = await VirtualCall.open(engines, { output_modalities: ['text'], max_output_tokens: 5 });
    await call.send({ type: 'response.create' });
    expect(call.last('response.done').response).toMatchObject({
      status: 'incomplete',
      status_details: { reason: 'max_output_tokens' },
      output: [{ content: [{ text: 'One two three four five.' }] }],
    });
  });
});

describe('a tool call', () => {
  it('is told in the documented order, and its result is answered', async () => {
    const asked: AssistantRequest[] = [];
    const engines = scriptedEngines({
      turns: [
        [toolCall('set_lamp', { colour: 'blue' })],
        (request) => {
          asked.push(request);
          return [sentence('The lamp is blue.')];
        },
      ],
    });
    const call = await VirtualCall.open(engines, { tools: [lamp], output_modalities: ['text'] });
    await call.send(user('blue please'));
    call.take();
    await call.send({ type: 'response.create' });
    expect(call.take()).toEqual(['response.created', 'rate_limits.updated', ...CALL_EVENTS, 'response.done']);
    const { item } = call.last('response.output_item.done');
    expect(item).toMatchObject({
      type: 'function_call',
      status: 'completed',
      name: 'set_lamp',
      arguments: '{"colour":"blue"}',
    });
    const done = call.last('response.function_call_arguments.done');
    expect(done).toMatchObject({ name: 'set_lamp', arguments: '{"colour":"blue"}', item_id: item.id, output_index: 0 });
    expect(call.all('response.output_item.added')[0]?.item).toMatchObject({ status: 'in_progress', arguments: '' });
    const output = { type: 'function_call_output', call_id: done.call_id, output: '{"ok":true}' };
    await call.send({ type: 'conversation.item.create', item: output });
    await call.send({ type: 'response.create' });
    expect(asked[0]?.items).toEqual([
      { type: 'message', role: 'user', text: 'blue please' },
      { type: 'function_call', callId: done.call_id, name: 'set_lamp', arguments: '{"colour":"blue"}' },
      { type: 'function_call_output', callId: done.call_id, output: '{"ok":true}' },
    ]);
    expect(call.last('response.output_text.done').text).toBe('The lamp is blue.');
  });

  it('may come behind a sentence, and with others', async () => {
    const turn = [sentence('One moment.'), toolCall('a', {}), toolCall('b', { n: 1 })];
    const call = await VirtualCall.open(scriptedEngines({ turns: [turn] }));
    await call.send({ type: 'response.create' });
    await call.wait(1_000);
    const { output } = call.last('response.done').response;
    expect(output.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call']);
    const indexes = call.all('response.output_item.done').map(({ output_index }) => output_index);
    expect(indexes).toEqual([0, 1, 2]);
    const ids = call.all('response.function_call_arguments.done').map(({ call_id }) => call_id);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['none', [], []],
    ['auto', ['a', 'b'], ['a', 'b']],
    ['required', ['a', 'b'], ['a', 'b']],
    [{ type: 'function', name: 'b' } as const, ['b'], ['b']],
  ] as const)('is made as far as tool_choice %o allows', async (tool_choice, offered, called) => {
    const asked: AssistantRequest[] = [];
    const turn = (request: AssistantRequest) => {
      asked.push(request);
      return [toolCall('a', {}), toolCall('b', {})];
    };
    const tools = ['a', 'b'].map((name) => ({ ...lamp, name }));
    const call = await VirtualCall.open(scriptedEngines({ turns: [turn] }), { tools });
    await call.send({ type: 'response.create', response: { tool_choice } });
    expect(asked[0]?.tools.map(({ name }) => name)).toEqual(offered);
    expect(call.all('response.function_call_arguments.done').map(({ name }) => name)).toEqual(called);
  });

  it('refuses the result of a call that never was', async () => {
    const call = await VirtualCall.open(scriptedEngines({ turns: [] }));
    const item = { type: 'function_call_output', call_id: 'call_nobody', output: '' };
    await call.send({ type: 'conversation.item.create', item, event_id: 'e1' });
    expect(call.last('error').error).toMatchObject({ code: 'invalid_tool_call_id', event_id: 'e1' });
  });

  it('refuses a second response at a time, naming the first', async () => {
    const call = await VirtualCall.open(
      scriptedEngines({ turns: [[sentence('A long story is told here.'), sentence('And on.')]] }),
    );
    await call.send({ type: 'response.create' });
    await call.send({ type: 'response.create', event_id: 'second' });
    const { error } = call.last('error');
    expect(error).toMatchObject({ code: 'conversation_already_has_active_response', event_id: 'second' });
    expect(error.message).toContain(call.last('response.created').response.id);
    expect(call.all('response.created')).toHaveLength(1);
  });
});
