import { sentences } from './sentences.ts';

/** Cuts text that comes in pieces into sentences, each given as soon as the next one begins or a line ends. */
export class SentenceStream {
  #rest = '';

  /** Takes a piece; gives the sentences that are whole now. */
  push(piece: string): string[] {
    this.#rest += piece;
    const lineEnd = this.#rest.lastIndexOf('\n');
    const whole = lineEnd < 0 ? [] : this.#lines(lineEnd);
    const open = sentences(this.#rest);
    if (open.length < 2) return whole;
    const last = open.at(-1) ?? '';
    // The piece may end in the space before the next word.
    this.#rest = /\s$/.test(this.#rest) ? `${last} ` : last;
    return [...whole, ...open.slice(0, -1)];
  }

  /** Nothing more comes; gives what is left. */
  end(): string[] {
    const left = sentences(this.#rest);
    this.#rest = '';
    return left;
  }

  #lines(lineEnd: number): string[] {
    const lines = this.#rest.slice(0, lineEnd).split('\n');
    this.#rest = this.#rest.slice(lineEnd + 1);
    return lines.flatMap(sentences);
  }
}
