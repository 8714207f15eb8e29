import { expect, it } from 'vitest';
import { answer, assistantEngineContract, user } from './assistant-engine.contract.ts';
import { createScriptedAssistant } from './scripted-assistant.ts';

const STORY = [
  { type: 'sentence', text: 'Once upon a time.' },
  { type: 'sentence', text: 'The end.' },
] as const;

assistantEngineContract('scripted', () => createScriptedAssistant([STORY], { phrases: ['tell me a story'] }));

it('answers the n-th request with the n-th turn, then with nothing', async () => {
  const call = { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' } as const;
  const engine = createScriptedAssistant([
    STORY,
    [call],
    ({ items }) => [{ type: 'sentence', text: `${items.length} items.` }],
  ]);
  expect(await answer(engine, [user('a')])).toEqual(STORY);
  expect(await answer(engine, [user('b')])).toEqual([call]);
  expect(await answer(engine, [user('c'), user('d')])).toEqual([{ type: 'sentence', text: '2 items.' }]);
  expect(await answer(engine, [user('e')])).toEqual([]);
});
