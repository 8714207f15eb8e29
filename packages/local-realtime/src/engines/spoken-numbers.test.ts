import { describe, expect, it } from 'vitest';
import { numberInWords, readNumber } from './spoken-numbers.ts';

describe('readNumber', () => {
  it.each([
    ['ten', 10, 1],
    ['forty five seconds', 45, 2],
    ['forty ten', 40, 1],
    ['a hundred', 100, 2],
    ['two hundred and one', 201, 4],
    ['two hundred and', 200, 2],
    ['one thousand two hundred thirty four', 1_234, 6],
    ['sixty five thousand', 65_000, 3],
    ['12 dice', 12, 1],
    ['zero hundred', 0, 1],
  ])('%s', (words, value, length) => {
    expect(readNumber(words.split(' '))).toEqual({ value, length });
  });

  it.each(['', 'a', 'hundred', 'dice', 'and five', '1234567890'])('finds none in "%s"', (words) => {
    expect(readNumber(words.split(' '))).toBeUndefined();
  });
});

describe('numberInWords', () => {
  it('is read back as the same number', () => {
    for (const value of [0, 7, 13, 20, 21, 99, 100, 101, 110, 999, 1_000, 1_001, 12_345, 100_000, 999_999]) {
      const words = numberInWords(value).split(' ');
      expect(readNumber(words)).toEqual({ value, length: words.length });
    }
  });

  it('leaves what is no small whole number in digits', () => {
    expect([numberInWords(-1), numberInWords(1.5), numberInWords(1_000_000)]).toEqual(['-1', '1.5', '1000000']);
  });
});
