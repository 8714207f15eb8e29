const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02bc]/g, "'"],
  [/[\u201c\u201d\u00ab\u00bb]/g, '"'],
  [/[\u2013\u2014]/g, ', '],
  [/\u2026/g, '...'],
  [/\u00b0/g, ' degrees '],
  [/\u20ac/g, ' euros '],
  [/\u00a3/g, ' pounds '],
  [/%/g, ' percent'],
  [/&/g, ' and '],
  [/\u00df/g, 'ss'],
  [/\u00e6/g, 'ae'],
  [/\u00f8/g, 'o'],
];

/** The text as an English voice that only knows ASCII can read it; empty when nothing in it can be spoken. */
export function speakableText(text: string): string {
  let plain = text;
  for (const [pattern, spoken] of SPOKEN) plain = plain.replace(pattern, spoken);
  plain = plain
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]+/g, (run) => (/\s/.test(run) ? ' ' : ''))
    .replace(/\s+/g, ' ')
    .trim();
  return /[A-Za-z0-9]/.test(plain) ? plain : '';
}
