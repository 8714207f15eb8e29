import { expect, it } from 'vitest';
import { ask } from './assistant-engine.contract.ts';
import type { AssistantItem, AssistantOutput, AssistantTool } from './assistant-engine.ts';
import { createRulesAssistant } from './rules-assistant.ts';

const SET_LAMP: AssistantTool = {
  name: 'set_lamp',
  description: 'Switch the lamp to a colour. Say: "set the lamp to blue".',
  parameters: {
    type: 'object',
    properties: { colour: { type: 'string', enum: ['red', 'blue'] } },
    required: ['colour'],
  },
};

async function answer(items: readonly AssistantItem[]): Promise<AssistantOutput[]> {
  const request = ask({ items, tools: [SET_LAMP] });
  const outputs: AssistantOutput[] = [];
  for await (const output of createRulesAssistant().respond(request, new AbortController().signal)) {
    outputs.push(output);
  }
  return outputs;
}

const TIMER: readonly AssistantItem[] = [
  { type: 'message', role: 'user', text: 'start a timer for ten seconds' },
  { type: 'function_call', callId: 'c1', name: 'start_timer', arguments: '{"seconds":10}' },
  { type: 'message', role: 'assistant', text: 'The timer runs.' },
  { type: 'function_call_output', callId: 'c1', output: '{"say":"Time is up."}' },
];
const ASKED: AssistantItem = { type: 'message', role: 'user', text: 'set the lamp to red' };
const TIME_IS_UP: AssistantOutput = { type: 'sentence', text: 'Time is up.' };
const LAMP: AssistantOutput = { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"red"}' };

it('says a result that came by itself', async () => {
  expect(await answer(TIMER)).toEqual([TIME_IS_UP]);
});

it('a result that came while the user spoke is said before what they asked for', async () => {
  expect(await answer([...TIMER, ASKED])).toEqual([TIME_IS_UP, LAMP]);
});

it('a result is said once', async () => {
  const told: readonly AssistantItem[] = [
    ...TIMER,
    ASKED,
    { type: 'message', role: 'assistant', text: 'Time is up.' },
    { type: 'function_call', callId: 'c2', name: 'set_lamp', arguments: '{"colour":"red"}' },
    { type: 'function_call_output', callId: 'c2', output: '{"say":"The lamp is red now."}' },
  ];
  expect(await answer(told)).toEqual([{ type: 'sentence', text: 'The lamp is red now.' }]);
});

it('another request goes on while a call still has no result', async () => {
  expect(await answer([...TIMER.slice(0, 2), ASKED])).toEqual([LAMP]);
});
