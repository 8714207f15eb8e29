/** One utterance as the recogniser took it: its words, and how well they fit the sound. */
export interface Hypothesis {
  readonly text: string;
  /** Mean acoustic score per 10 ms frame, relative to the best sound the model knows: 0 is perfect, more negative is worse. */
  readonly score: number;
}

const TABLE_HEAD = /^word\s+start\s+end\s+pprob\s+ascr\b/;
const TABLE_ROW = /^(\S+)\s+(\d+)\s+(\d+)\s+\d+\.\d+\s+(-?\d+)\s+-?\d+\s+\d+\s*$/;
/** `<sil>`, `[NOISE]`, `++breath++`: no words. */
const FILLER = /^[<[+]/;

/** Reads the tables that `-backtrace yes` writes into the log of PocketSphinx, one per utterance. */
export function parseRecogniserLog(log: string): Hypothesis[] {
  const tables: { words: string[]; frames: number; score: number }[] = [];
  for (const line of log.split('\n')) {
    if (TABLE_HEAD.test(line)) tables.push({ words: [], frames: 0, score: 0 });
    const [, word, start, end, score] = TABLE_ROW.exec(line) ?? [];
    const table = tables.at(-1);
    if (word === undefined || table === undefined) continue;
    table.frames += Number(end) - Number(start) + 1;
    table.score += Number(score);
    // `to(3)` is the third way to pronounce it.
    if (!FILLER.test(word)) table.words.push(word.replace(/\(\d+\)$/, ''));
  }
  return tables.map(({ words, frames, score }) => ({ text: words.join(' '), score: score / Math.max(frames, 1) }));
}
