import { describe, expect, it } from 'vitest';
import { lenientPhrase, matchPhrase, withoutCourtesy } from './phrase-matching.ts';
import { parsePhrase } from './phrases.ts';

const match = (notation: string, text: string) => matchPhrase(parsePhrase(notation), text);

describe('matchPhrase', () => {
  it('does not mind case and punctuation, but the whole text must match', () => {
    expect(match('read my notes', 'Read my notes!')).toEqual({});
    expect(match('read my notes', 'read my notes again')).toBeUndefined();
    expect(match('read my notes', 'please read my notes')).toBeUndefined();
  });

  it('tries every way through options and choices', () => {
    for (const text of ['turn on lamp', 'turn the lamp on', 'turn lamp on please']) {
      expect(match('turn (on [the] lamp|[the] lamp on) [please]', text)).toEqual({});
    }
    expect(match('(a|a b) [b] c', 'a b c')).toEqual({});
    expect(match('[a] a', 'a')).toEqual({});
  });

  it('gives choices as words, numbers as numbers, time in seconds', () => {
    expect(match('set it to <colour:red|dark green>', 'set it to Dark Green')).toEqual({ colour: 'dark green' });
    expect(match('roll <count:number> dice', 'roll twenty one dice')).toEqual({ count: 21 });
    expect(match('roll <count:number> dice', 'roll 3 dice')).toEqual({ count: 3 });
    expect(match('wait <t:duration>', 'wait two minutes and thirty seconds')).toEqual({ t: 150 });
    expect(match('wait <t:duration>', 'wait half an hour')).toEqual({ t: 1_800 });
    expect(match('wait <t:duration>', 'wait a minute')).toEqual({ t: 60 });
    expect(match('wait <t:duration>', 'wait ten')).toBeUndefined();
  });

  it('gives free text as it was written, and none is no text', () => {
    expect(match('take a note <text:text>', 'Take a note: buy Milk & 2 eggs!')).toEqual({ text: 'buy Milk & 2 eggs!' });
    expect(match('note <text:text> for <who:bob|amy>', 'note call Mum, for Amy')).toEqual({
      text: 'call Mum',
      who: 'amy',
    });
    expect(match('take a note <text:text>', 'take a note')).toBeUndefined();
  });

  it('stays fast when much could match', () => {
    const many = Array.from({ length: 30 }, () => '[a]').join(' ');
    const before = process.cpuUsage();
    expect(match(`${many} b`, `${'a '.repeat(20)}c`)).toBeUndefined();
    expect(process.cpuUsage(before).user / 1_000, 'ms of CPU').toBeLessThan(1_000);
  });
});

it('forgives articles', () => {
  const node = lenientPhrase(parsePhrase('set the lamp to <colour:red|blue>'));
  for (const text of ['set lamp to red', 'set my lamp to red', 'set the lamp to red']) {
    expect(matchPhrase(node, text)).toEqual({ colour: 'red' });
  }
});

it.each([
  ['Could you please roll the dice?', 'roll the dice'],
  ['hey, can you read my notes, please!', 'read my notes'],
  ['OK, please hello', 'hello'],
  ['please', 'please'],
  ['Canyon', 'Canyon'],
])('takes the courtesy off "%s"', (text, asked) => {
  expect(withoutCourtesy(text)).toBe(asked);
});
