import { describe, expect, it } from 'vitest';
import { parsePhrase, phraseExample, plainWords, tokenise } from './phrases.ts';

const word = (text: string) => ({ type: 'word', word: text });

describe('parsePhrase', () => {
  it('reads words, options, choices and slots', () => {
    expect(parsePhrase('Set [the] lamp, (now|right now) <colour:red|dark green>!')).toEqual({
      type: 'sequence',
      parts: [
        word('set'),
        { type: 'optional', part: word('the') },
        word('lamp'),
        { type: 'choice', options: [word('now'), { type: 'sequence', parts: [word('right'), word('now')] }] },
        {
          type: 'slot',
          name: 'colour',
          content: {
            type: 'choice',
            options: [word('red'), { type: 'sequence', parts: [word('dark'), word('green')] }],
          },
        },
      ],
    });
  });

  it('reads the slots that take any number, length of time or text', () => {
    expect(parsePhrase('<count:number>')).toEqual({ type: 'slot', name: 'count', content: { type: 'number' } });
    expect(parsePhrase('<duration>')).toEqual({ type: 'slot', name: 'duration', content: { type: 'duration' } });
    expect(parsePhrase('< my_note:text >')).toEqual({ type: 'slot', name: 'my_note', content: { type: 'text' } });
  });

  it('takes a slot with one choice that is named like a kind for the kind, and for a choice among others', () => {
    expect(parsePhrase('<of:number|letter>')).toMatchObject({ content: { type: 'choice' } });
  });

  it('nests', () => {
    expect(phraseExample(parsePhrase('(a [b] (c|d)|e) <x:(f|g) h|i>'))).toBe('a c f h');
  });

  it.each(['', '()', '[a', 'a)', 'a | ', '(a|)', '<>', '<:red>', '<a b>', '<colour>', '<a:>', '!', 'a ]'])(
    'refuses "%s"',
    (notation) => {
      expect(() => parsePhrase(notation)).toThrow(TypeError);
    },
  );
});

it('cuts text into words and knows where they stood', () => {
  expect(tokenise("It's 1,000 o’clock, Zoë!").map(({ word: text, start, end }) => [text, start, end])).toEqual([
    ["it's", 0, 4],
    ['1000', 5, 10],
    ["o'clock", 11, 18],
    ['zoë', 20, 23],
  ]);
  expect(plainWords('  Hello -- World?! ')).toBe('hello world');
});

it('says a phrase once, the shortest way', () => {
  expect(phraseExample(parsePhrase('set [the] lamp to <colour:red|blue>'))).toBe('set lamp to red');
  expect(phraseExample(parsePhrase('wait <time:duration> then roll <n:number> dice'))).toBe(
    'wait thirty seconds then roll three dice',
  );
});
