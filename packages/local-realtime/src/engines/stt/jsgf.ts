import { type PhraseNode, parsePhrase, type SlotContent } from '../phrases.ts';
import { numberInWords, SPOKEN_NUMBER_PHRASE } from '../spoken-numbers.ts';

/** A grammar for the recogniser, and what had to be left out of it. */
export interface JsgfGrammar {
  /** JSGF 1.0 text (W3C note "JSpeech Grammar Format"); `undefined` when nothing is left to hear. */
  readonly text: string | undefined;
  /** Every word in it: the dictionary needs no others. */
  readonly words: ReadonlySet<string>;
  /** Words of the phrases that the recogniser cannot pronounce; what contains them was left out. */
  readonly unknownWords: ReadonlySet<string>;
}

const NUMBER = parsePhrase(`(${SPOKEN_NUMBER_PHRASE})`);
const COURTESY_BEFORE = parsePhrase('[please|can you|could you]');
const COURTESY_AFTER = parsePhrase('[please]');
const DURATION_UNIT = '(second|seconds|minute|minutes|hour|hours)';
const DURATION = parsePhrase(`(<n:number> ${DURATION_UNIT}|(a minute|an hour|half an hour))`);

/** Every word the phrases may bring into a grammar, numbers and units included. */
export function wordsOfPhrases(phrases: readonly string[]): ReadonlySet<string> {
  const words = new Set<string>();
  buildJsgf(phrases, (word) => {
    words.add(word);
    return true;
  });
  return words;
}

/**
 * Writes the grammar of all phrases (notation of `phrases.ts`), with the courtesies people put around them. Free text cannot be
 * recognised: a phrase that needs it is left out without a word, as its owner lists what may be said instead. Throws `TypeError` for
 * a malformed phrase.
 */
export function buildJsgf(phrases: readonly string[], isKnown: (word: string) => boolean): JsgfGrammar {
  const writer = new JsgfWriter(isKnown);
  const options = [...new Set(phrases)].map(parsePhrase);
  const rule = writer.rule({ type: 'sequence', parts: [COURTESY_BEFORE, { type: 'choice', options }, COURTESY_AFTER] });
  return {
    text: rule === undefined ? undefined : `#JSGF V1.0;\ngrammar phrases;\npublic <phrase> = ${rule};\n`,
    words: writer.words,
    unknownWords: writer.unknownWords,
  };
}

class JsgfWriter {
  readonly words = new Set<string>();
  readonly unknownWords = new Set<string>();
  readonly #isKnown: (word: string) => boolean;

  constructor(isKnown: (word: string) => boolean) {
    this.#isKnown = isKnown;
  }

  /** The node in JSGF, or `undefined` when it cannot be heard. Its words count only when all of it can. */
  rule(node: PhraseNode): string | undefined {
    const words: string[] = [];
    const rule = this.#write(node, words);
    if (rule !== undefined) for (const word of words) this.words.add(word);
    return rule;
  }

  #write(node: PhraseNode, words: string[]): string | undefined {
    switch (node.type) {
      case 'word':
        return this.#word(node.word, words);
      case 'sequence':
        return this.#sequence(node.parts, words);
      case 'choice':
        return this.#choice(node.options, words);
      case 'optional': {
        const part = this.#attempt(node.part, words);
        return part === undefined ? '' : `[ ${part} ]`;
      }
      case 'slot':
        return this.#slot(node.content, words);
    }
  }

  #word(word: string, words: string[]): string | undefined {
    const spoken = /^\d+$/.test(word) ? numberInWords(Number(word)).split(' ') : [word];
    const unknown = spoken.filter((part) => !this.#isKnown(part));
    for (const part of unknown) this.unknownWords.add(part);
    words.push(...spoken);
    return unknown.length > 0 ? undefined : spoken.join(' ');
  }

  #sequence(parts: readonly PhraseNode[], words: string[]): string | undefined {
    const written = parts.map((part) => this.#write(part, words));
    return written.includes(undefined) ? undefined : written.filter(Boolean).join(' ');
  }

  #choice(options: readonly PhraseNode[], words: string[]): string | undefined {
    const written = options.flatMap((option) => this.#attempt(option, words) ?? []);
    return written.length === 0 ? undefined : `( ${written.join(' | ')} )`;
  }

  #slot(content: SlotContent, words: string[]): string | undefined {
    switch (content.type) {
      case 'number':
        return this.#write(NUMBER, words);
      case 'duration':
        return this.#write(DURATION, words);
      case 'text':
        return undefined;
      case 'choice':
        return this.#choice(content.options, words);
    }
  }

  #attempt(node: PhraseNode, words: string[]): string | undefined {
    const own: string[] = [];
    const written = this.#write(node, own);
    if (written !== undefined) words.push(...own);
    return written;
  }
}
