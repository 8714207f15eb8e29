import { describe, expect, it } from 'vitest';
import { buildJsgf, wordsOfPhrases } from './jsgf.ts';

const all = () => true;
const allBut =
  (...words: string[]) =>
  (word: string) =>
    !words.includes(word);

/** The grammar without the courtesies around it, in one line. */
function body(phrases: readonly string[], isKnown: (word: string) => boolean = all): string | undefined {
  const { text } = buildJsgf(phrases, isKnown);
  return text?.match(/public <phrase> = \[ \( please \| can you \| could you \) \] (.*) \[ please \];/)?.[1];
}

describe('buildJsgf', () => {
  it('writes words, options and choices', () => {
    expect(body(['set [the] lamp to (red|dark green)', 'hello'])).toBe(
      '( set [ the ] lamp to ( red | dark green ) | hello )',
    );
  });

  it('opens up slots: choices, numbers and lengths of time', () => {
    expect(body(['paint it <colour:red|blue>'])).toBe('( paint it ( red | blue ) )');
    expect(body(['roll <count:number> dice'])).toMatch(/^\( roll \( zero \| one \|.* ninety.*hundred .*\) dice \)$/);
    expect(body(['wait <time:duration>'])).toMatch(/seconds \| minute .*half an hour/);
  });

  it('leaves out what needs free text, and takes each phrase once', () => {
    expect(body(['take a note <text:text>', 'take a note buy milk', 'take a note buy milk'])).toBe(
      '( take a note buy milk )',
    );
    expect(buildJsgf(['remember <text:text>'], all)).toMatchObject({ text: undefined, words: new Set() });
  });

  it('writes digits as words', () => {
    expect(body(['play channel 42'])).toBe('( play channel forty two )');
  });

  it('leaves out the least that holds an unknown word, and names the word', () => {
    const isKnown = allBut('zblorf', 'quux');
    expect(body(['paint it (red|zblorf)', 'quux the lamp', 'hello [quux]'], isKnown)).toBe(
      '( paint it ( red ) | hello )',
    );
    expect(buildJsgf(['paint it (red|zblorf)', 'quux the lamp'], isKnown).unknownWords).toEqual(
      new Set(['zblorf', 'quux']),
    );
  });

  it('tells which words the dictionary needs, and no others', () => {
    const { words } = buildJsgf(['paint it (red|zblorf)', 'zblorf the lamp'], allBut('zblorf'));
    expect([...words].sort()).toEqual(['can', 'could', 'it', 'paint', 'please', 'red', 'you']);
    expect(wordsOfPhrases(['paint it zblorf'])).toContain('zblorf');
  });

  it('refuses a malformed phrase', () => {
    expect(() => buildJsgf(['set (the lamp'], all)).toThrow(TypeError);
  });
});
