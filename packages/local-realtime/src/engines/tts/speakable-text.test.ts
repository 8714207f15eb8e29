import { expect, it } from 'vitest';
import { speakableText } from './speakable-text.ts';

it.each([
  ['“Naïve” – it’s a café…', '"Naive" , it\'s a cafe...'],
  ['5 € & 20 %', '5 euros and 20 percent'],
  ['line\none\u00a0two', 'line one two'],
  ['Grüße 👋 there', 'Grusse there'],
  ['!?…', ''],
  ['你好', ''],
])('%s', (text, spoken) => {
  expect(speakableText(text).replace(/\s+/g, ' ')).toBe(spoken);
});
