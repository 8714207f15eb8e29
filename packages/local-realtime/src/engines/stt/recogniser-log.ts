/** One utterance as the recogniser took it: its words, and how well they fit the sound. */
export interface Hypothesis {
  readonly text: string;
  /** Mean acoustic score per 10 ms frame of its words, relative to the best sound the model knows: 0 is perfect, -100 is none of it. */
  readonly score: number;
}

const TABLE_ROW = /^(\S+)\s+(\d+)\s+(\d+)\s+\d+\.\d+\s+(-?\d+)\s+-?\d+\s+\d+\s*$/;
/** `<sil>`, `[NOISE]`, `++breath++`, `(NULL)`: no words. */
const FILLER = /^[<[+(]/;

/** Reads the table that `-backtrace yes` writes into the log of PocketSphinx; `undefined` when the grammar led nowhere. */
export function parseRecogniserLog(log: string): Hypothesis | undefined {
  const words: string[] = [];
  let frames = 0;
  let score = 0;
  for (const line of log.split('\n')) {
    const [, word, start, end, wordScore] = TABLE_ROW.exec(line) ?? [];
    if (word === undefined || FILLER.test(word)) continue;
    // `to(3)` is the third way to pronounce it.
    words.push(word.replace(/\(\d+\)$/, ''));
    frames += Number(end) - Number(start) + 1;
    score += Number(wordScore);
  }
  return words.length === 0 ? undefined : { text: words.join(' '), score: score / frames };
}
