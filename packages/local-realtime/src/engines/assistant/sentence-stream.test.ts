import { expect, it } from 'vitest';
import { SentenceStream } from './sentence-stream.ts';

const TEXT = 'It is 3.5 degrees. Mr. Smith says: "Stay in!" Then he left\nOne more line\n\nThe end';
const SENTENCES = ['It is 3.5 degrees.', 'Mr. Smith says: "Stay in!"', 'Then he left', 'One more line', 'The end'];

it.each([1, 2, 3, 7, 1_000])('cuts the same sentences when the text comes %i letters at a time', (size) => {
  const stream = new SentenceStream();
  const whole: string[] = [];
  for (let at = 0; at < TEXT.length; at += size) whole.push(...stream.push(TEXT.slice(at, at + size)));
  expect([...whole, ...stream.end()]).toEqual(SENTENCES);
  expect(stream.end()).toEqual([]);
});

it('gives a sentence as soon as the next one has begun', () => {
  const stream = new SentenceStream();
  expect(stream.push('Hello there.')).toEqual([]);
  expect(stream.push(' How')).toEqual(['Hello there.']);
});
