import { availableParallelism } from 'node:os';
import { toVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import { buildJsgf, wordsOfPhrases } from './jsgf.ts';
import { type RecogniserFiles, readPronunciations, Scratch } from './recogniser-files.ts';
import { parseRecogniserLog } from './recogniser-log.ts';
import { runProcess } from './recogniser-process.ts';
import type { SttEngine, SttResult, SttVocabulary } from './stt-engine.ts';
import { Turnstile } from './turnstile.ts';

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
const MAX_VOCABULARIES = 64;

/** The folder of a vocabulary's files; `undefined` when it holds nothing that can be heard. */
type Prepared = Promise<string | undefined>;

class PocketsphinxStt implements SttEngine {
  readonly name = 'pocketsphinx';
  readonly #options: PocketsphinxOptions;
  readonly #scratch = new Scratch();
  readonly #vocabularies = new Map<string, Prepared>();
  // More processes than processors would only make every one of them late.
  readonly #turnstile = new Turnstile(availableParallelism());
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<SttResult>>();

  constructor(options: PocketsphinxOptions) {
    this.#options = options;
  }

  recognise(pcm: Int16Array, vocabulary: SttVocabulary, signal: AbortSignal): Promise<SttResult> {
    const result = this.#recognise(pcm, vocabulary, AbortSignal.any([signal, this.#closing.signal])).catch((error) => {
      throw error instanceof TypeError ? error : toVoiceBridgeError(error, 'internal', 'The recogniser could not work');
    });
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
    const sound = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    const utterance = await this.#scratch.write({ 'sound.raw': sound, list: 'sound\n' });
    try {
      const { files, timeoutMs = 10_000, rejectBelow = -60 } = this.#options;
      const options = programOptions(files, prepared, utterance);
      const log = await this.#turnstile.run(() => runProcess(files.program, options, { timeoutMs, signal }));
      const heard = parseRecogniserLog(log);
      return { text: heard === undefined || heard.score < rejectBelow ? '' : heard.text };
    } finally {
      await this.#scratch.remove(utterance);
    }
  }

  #prepare({ phrases }: SttVocabulary): Prepared {
    const key = phrases.join('\n');
    const prepared = this.#vocabularies.get(key) ?? this.#write(phrases);
    // The one used last goes to the end, so that the one not used for longest is the first.
    this.#vocabularies.delete(key);
    this.#vocabularies.set(key, prepared);
    // A vocabulary that could not be written is tried again next time.
    prepared.catch(() => this.#vocabularies.delete(key));
    if (this.#vocabularies.size > MAX_VOCABULARIES) this.#forgetOldest();
    return prepared;
  }

  #forgetOldest(): void {
    for (const [key, prepared] of this.#vocabularies) {
      this.#vocabularies.delete(key);
      prepared.then((folder) => (folder === undefined ? undefined : this.#scratch.remove(folder))).catch(() => {});
      return;
    }
  }

  async #write(phrases: readonly string[]): Prepared {
    const pronunciations = await readPronunciations(this.#options.files.dictionary, wordsOfPhrases(phrases));
    const { text, words, unknownWords } = buildJsgf(phrases, (word) => pronunciations.has(word));
    for (const word of unknownWords) this.#options.onWarning?.(unknownWord(word));
    if (text === undefined) return undefined;
    const lines = [...words].sort().flatMap((word) => pronunciations.get(word) ?? []);
    return this.#scratch.write({ grammar: text, dictionary: `${lines.join('\n')}\n` });
  }
}

function programOptions(files: RecogniserFiles, vocabulary: string, utterance: string): string[] {
  return [
    ...['-jsgf', `${vocabulary}/grammar`, '-dict', `${vocabulary}/dictionary`, '-hmm', files.acousticModel],
    ...['-adcin', 'yes', '-ctl', `${utterance}/list`, '-cepdir', utterance, '-cepext', '.raw'],
    // The mean over the whole utterance, which only the batch program can take, is what makes it stand noise.
    ...['-remove_noise', 'yes', '-remove_silence', 'no', '-cmn', 'batch'],
    // Scores are relative to the best of all sounds, not only of those the grammar led to: that tells foreign speech apart.
    ...['-compallsen', 'yes', '-backtrace', 'yes'],
  ];
}

function unknownWord(word: string): VoiceBridgeError {
  const message = `The recogniser cannot pronounce "${word}": phrases with it are understood only when typed`;
  return new VoiceBridgeError('grammar_word_unknown', message, {
    hint: 'Put the example phrase of the tool in other words.',
  });
}
