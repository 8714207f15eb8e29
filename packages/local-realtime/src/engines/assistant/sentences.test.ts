import { expect, it } from 'vitest';
import { sentences } from './sentences.ts';

it.each([
  ['One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
  [
    'It costs 3.5 dollars, says Mr. Smith. "Really?" Yes.',
    ['It costs 3.5 dollars, says Mr. Smith.', '"Really?"', 'Yes.'],
  ],
  ['Wait... what? e.g. this', ['Wait... what? e.g. this']],
  ['  spaces \n between.   Lines ', ['spaces between.', 'Lines']],
  ['', []],
])('%s', (text, cut) => {
  expect(sentences(text)).toEqual(cut);
});
