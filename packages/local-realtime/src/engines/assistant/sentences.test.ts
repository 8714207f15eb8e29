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

it('cuts what has no end between words, or anywhere when it has no words', () => {
  const text = 'word '.repeat(50_000).trim();
  const cut = sentences(text);
  expect(cut.join(' ')).toBe(text);
  expect(Math.max(...cut.map(({ length }) => length))).toBe(399);
  expect(sentences('x'.repeat(1_000)).map(({ length }) => length)).toEqual([400, 400, 200]);
});
