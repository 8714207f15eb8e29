import { expect, it } from 'vitest';
import type { AssistantItem } from './assistant-engine.ts';
import { chatMessages } from './chat-messages.ts';

const call = (callId: string, name: string): AssistantItem => ({
  type: 'function_call',
  callId,
  name,
  arguments: '{"a":1}',
});
const result = (callId: string, output: string): AssistantItem => ({ type: 'function_call_output', callId, output });
const sent = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{"a":1}' } });

it('puts calls made at once into one message, and each result right behind it, whenever it came', () => {
  const items: AssistantItem[] = [
    { type: 'message', role: 'user', text: 'Do both.' },
    call('c1', 'one'),
    call('c2', 'two'),
    result('c2', 'second'),
    { type: 'message', role: 'user', text: 'And?' },
    result('c1', 'first'),
    result('c9', 'of nobody'),
    call('c3', 'three'),
    { type: 'message', role: 'assistant', text: 'Wait.' },
  ];
  expect(chatMessages({ instructions: 'Be short.', items })).toEqual([
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'Do both.' },
    { role: 'assistant', content: null, tool_calls: [sent('c1', 'one'), sent('c2', 'two')] },
    { role: 'tool', tool_call_id: 'c1', content: 'first' },
    { role: 'tool', tool_call_id: 'c2', content: 'second' },
    { role: 'user', content: 'And?' },
    { role: 'assistant', content: null, tool_calls: [sent('c3', 'three')] },
    { role: 'tool', tool_call_id: 'c3', content: 'No result yet.' },
    { role: 'assistant', content: 'Wait.' },
  ]);
});

it('says nothing of instructions that are empty', () => {
  expect(chatMessages({ instructions: '', items: [] })).toEqual([]);
});
