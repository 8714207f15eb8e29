import { expect, it } from 'vitest';
import { spokenResult } from './spoken-result.ts';

it.each([
  ['{"say":"The lamp is blue."}', 'The lamp is blue.'],
  ['{"value":4,"say":"You rolled a 4."}', 'You rolled a 4.'],
  ['plain words', 'Plain words.'],
  ['"a string"', 'A string.'],
  ['"Is it?"', 'Is it?'],
  ['42', 'The result is 42.'],
  ['true', 'Done.'],
  ['false', 'That did not work.'],
  ['null', 'Done.'],
  ['{}', 'Done.'],
  ['', 'Done.'],
  ['[]', 'There is nothing.'],
  ['["milk","eggs","bread"]', 'Milk, eggs and bread.'],
  ['{"error":"no lamp"}', 'Sorry, that did not work. No lamp.'],
  ['{"error":{"code":"tool_timeout","message":"It took too long."}}', 'Sorry, that did not work. It took too long.'],
  ['{"error":{}}', 'Sorry, that did not work.'],
  [
    '{"roomName":"kitchen","lamp_colours":["red","blue"],"size":{"width":2}}',
    'Room Name is kitchen. Lamp colours is red and blue. Size is width 2.',
  ],
])('%s', (output, said) => {
  expect(spokenResult(output)).toBe(said);
});

it('does not go on for ever', () => {
  const said = spokenResult('word '.repeat(1_000));
  expect(said.length).toBeLessThan(620);
  expect(said).toMatch(/word and so on\.$/);
  expect(spokenResult('x'.repeat(5_000)).length).toBeLessThan(620);
});
