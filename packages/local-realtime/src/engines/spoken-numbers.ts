const SMALL = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** A whole number found at the start of some words. */
export interface SpokenNumber {
  readonly value: number;
  /** How many of the words it took. */
  readonly length: number;
}

/** Reads the longest whole number below a million that the words begin with: `forty five`, `two hundred and one`, `a hundred`, `12`. */
export function readNumber(words: readonly string[]): SpokenNumber | undefined {
  const digits = words[0];
  if (digits !== undefined && /^\d{1,9}$/.test(digits)) return { value: Number(digits), length: 1 };
  const head = readBelowThousand(words);
  if (head === undefined) return undefined;
  if (words[head.length] !== 'thousand' || head.value === 0) return head;
  const taken = head.length + 1;
  const tail = readAfterUnit(words.slice(taken), readBelowThousand);
  return { value: head.value * 1_000 + (tail?.value ?? 0), length: taken + (tail?.length ?? 0) };
}

/** Says a whole number from 0 to 999,999 in words, others in digits. */
export function numberInWords(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 999_999) return String(value);
  if (value < 20) return SMALL[value] ?? '';
  if (value < 100)
    return [TENS[Math.floor(value / 10)], value % 10 === 0 ? '' : SMALL[value % 10]].filter(Boolean).join(' ');
  const [size, unit] = value < 1_000 ? [100, 'hundred'] : [1_000, 'thousand'];
  const rest = value % size;
  return [numberInWords(Math.floor(value / size)), unit, rest === 0 ? '' : numberInWords(rest)]
    .filter(Boolean)
    .join(' ');
}

/** The numbers a recogniser expects, 0 to 99 and whole hundreds, in the notation of `phrases.ts`. */
export const SPOKEN_NUMBER_PHRASE = [
  ...SMALL,
  `(${TENS.filter(Boolean).join('|')}) [${SMALL.slice(1, 10).join('|')}]`,
  `(a|${SMALL.slice(1, 10).join('|')}) hundred`,
].join('|');

function readBelowThousand(words: readonly string[]): SpokenNumber | undefined {
  const article = words[0] === 'a' && (words[1] === 'hundred' || words[1] === 'thousand');
  const head = article ? { value: 1, length: 1 } : readBelowHundred(words);
  if (head === undefined || words[head.length] !== 'hundred' || head.value === 0 || head.value > 9) return head;
  const taken = head.length + 1;
  const tail = readAfterUnit(words.slice(taken), readBelowHundred);
  return { value: head.value * 100 + (tail?.value ?? 0), length: taken + (tail?.length ?? 0) };
}

function readBelowHundred(words: readonly string[]): SpokenNumber | undefined {
  const small = SMALL.indexOf(words[0] ?? '');
  if (small >= 0) return { value: small, length: 1 };
  const tens = TENS.indexOf(words[0] ?? '', 2);
  if (tens < 0) return undefined;
  const unit = SMALL.indexOf(words[1] ?? '');
  return unit >= 1 && unit <= 9 ? { value: tens * 10 + unit, length: 2 } : { value: tens * 10, length: 1 };
}

function readAfterUnit(
  words: readonly string[],
  read: (words: readonly string[]) => SpokenNumber | undefined,
): SpokenNumber | undefined {
  const skipped = words[0] === 'and' ? 1 : 0;
  const tail = read(words.slice(skipped));
  return tail === undefined || tail.value === 0 ? undefined : { value: tail.value, length: tail.length + skipped };
}
