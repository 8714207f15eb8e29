import { VoiceBridgeError } from '@voice-bridge/core';
import { buildJsgf, wordsOfPhrases } from './jsgf.ts';
import { type RecogniserFiles, readPronunciations, Scratch } from './recogniser-files.ts';
import { parseRecogniserLog } from './recogniser-log.ts';
import { runProcess } from './recogniser-process.ts';
import type { SttEngine, SttResult, SttVocabulary } from './stt-engine.ts';

/** How {@link createPocketsphinxStt} is set. */
export interface PocketsphinxOptions {
  readonly files: RecogniserFiles;
  /** Told once per vocabulary and word about what cannot be recognised: `grammar_word_unknown`. */
  readonly onWarning?: (warning: VoiceBridgeError) => void;
  /** Longest time one utterance may take; default 10,000 ms. */
  readonly timeoutMs?: number;
  /** Utterances that fit worse than this, mean acoustic score per frame, are not understood; default -60. */
  readonly rejectBelow?: number;
}

/**
 * Recognises by the phrases of the vocabulary, with one short-lived process per utterance, so that nothing carries over from one to
 * the next. What does not sound like a phrase gives empty text.
 */
export function createPocketsphinxStt(options: PocketsphinxOptions): SttEngine {
  return new PocketsphinxStt(options);
}

const MAX_SAMPLES = 60 * 16_000;
const MAX_VOCABULARIES = 16;

interface PreparedGrammar {
  readonly grammar: string;
  readonly dictionary: string;
}

class PocketsphinxStt implements SttEngine {
  readonly name = 'pocketsphinx';
  readonly #options: PocketsphinxOptions;
  readonly #scratch = new Scratch();
  readonly #vocabularies = new Map<string, Promise<PreparedGrammar | undefined>>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<SttResult>>();

  constructor(options: PocketsphinxOptions) {
    this.#options = options;
  }

  recognise(pcm: Int16Array, vocabulary: SttVocabulary, signal: AbortSignal): Promise<SttResult> {
    const result = this.#recognise(pcm, vocabulary, AbortSignal.any([signal, this.#closing.signal]));
    this.#running.add(result);
    const forget = (): void => void this.#running.delete(result);
    result.then(forget, forget);
    return result;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
    await this.#scratch.close();
  }

  async #recognise(pcm: Int16Array, vocabulary: SttVocabulary, signal: AbortSignal): Promise<SttResult> {
    if (pcm.length > MAX_SAMPLES) throw new TypeError('An utterance lasts at most 60 s');
    if (signal.aborted) throw new VoiceBridgeError('aborted', 'The recognition was given up');
    const prepared = await this.#prepare(vocabulary);
    if (prepared === undefined || pcm.length === 0) return { text: '' };
    const sound = await this.#scratch.write(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), 'raw');
    try {
      const { files, timeoutMs = 10_000, rejectBelow = -60 } = this.#options;
      const log = await runProcess(files.program, programOptions(files, prepared, sound), { timeoutMs, signal });
      const understood = parseRecogniserLog(log).filter(
        (hypothesis) => hypothesis.text !== '' && hypothesis.score >= rejectBelow,
      );
      return { text: understood.map((hypothesis) => hypothesis.text).join(' ') };
    } finally {
      await this.#scratch.remove(sound);
    }
  }

  #prepare({ phrases }: SttVocabulary): Promise<PreparedGrammar | undefined> {
    const key = phrases.join('\n');
    const known = this.#vocabularies.get(key) ?? this.#write(phrases);
    // The most recently used one goes last, the one not used for longest goes first.
    this.#vocabularies.delete(key);
    this.#vocabularies.set(key, known);
    // A vocabulary that could not be written is tried again next time.
    known.catch(() => this.#vocabularies.delete(key));
    this.#forgetOldest();
    return known;
  }

  #forgetOldest(): void {
    const [oldest] = this.#vocabularies;
    if (this.#vocabularies.size <= MAX_VOCABULARIES || oldest === undefined) return;
    this.#vocabularies.delete(oldest[0]);
  }

  async #write(phrases: readonly string[]): Promise<PreparedGrammar | undefined> {
    const pronunciations = await readPronunciations(this.#options.files.dictionary, wordsOfPhrases(phrases));
    const { text, words, unknownWords } = buildJsgf(phrases, (word) => pronunciations.has(word));
    for (const word of unknownWords) this.#options.onWarning?.(unknownWord(word));
    if (text === undefined) return undefined;
    const lines = [...words].sort().flatMap((word) => pronunciations.get(word) ?? []);
    return {
      grammar: await this.#scratch.write(text, 'gram'),
      dictionary: await this.#scratch.write(`${lines.join('\n')}\n`, 'dict'),
    };
  }
}

function programOptions(files: RecogniserFiles, { grammar, dictionary }: PreparedGrammar, sound: string): string[] {
  return [
    ...['-infile', sound, '-jsgf', grammar, '-dict', dictionary, '-hmm', files.acousticModel, '-remove_noise', 'yes'],
    // Scores are relative to the best of all sounds, not only of those the grammar led to: this is what tells foreign speech apart.
    ...['-compallsen', 'yes', '-backtrace', 'yes'],
  ];
}

function unknownWord(word: string): VoiceBridgeError {
  return new VoiceBridgeError(
    'grammar_word_unknown',
    `The recogniser cannot pronounce "${word}"; phrases with it are only understood when typed`,
    {
      hint: 'Say it another way in the example phrases of the tool.',
    },
  );
}
