import type { SttEngine, SttVocabulary } from '../../engines/stt/stt-engine.ts';
import { HEARD_SAMPLES_PER_MS } from './sound-memory.ts';
import { MAX_UTTERANCE_MS } from './step-turn-detection.ts';

/** What a {@link Recognition} works with. */
export interface RecognitionOptions {
  readonly stt: SttEngine;
  /** Mono PCM16 at 16 kHz between two positions. */
  readonly read: (startMs: number, endMs: number) => Int16Array;
  readonly vocabulary: () => SttVocabulary;
}

interface Guess {
  readonly startMs: number;
  readonly words: Promise<string>;
  readonly controller: AbortController;
}

/** Recognises turns, of one longer than a minute its last minute, and begins already in a pause that may end one: then the words are known when the turn is over. */
export class Recognition {
  readonly #options: RecognitionOptions;
  readonly #running = new Set<AbortController>();
  #guess: Guess | undefined;

  constructor(options: RecognitionOptions) {
    this.#options = options;
  }

  /** Begins to recognise a turn that may be over. */
  guess(startMs: number, endMs: number): void {
    this.dropGuess();
    const { words, controller } = this.#begin(startMs, endMs);
    words.catch(() => {});
    this.#guess = { startMs, words, controller };
  }

  /** The turn goes on: what was begun is useless. */
  dropGuess(): void {
    this.#guess?.controller.abort();
    this.#guess = undefined;
  }

  /** The words of a turn; empty when none were understood. Rejects as {@link SttEngine.recognise} does. */
  recognise(startMs: number, endMs: number): Promise<string> {
    const guess = this.#guess;
    this.#guess = undefined;
    if (guess?.startMs === startMs) return guess.words;
    guess?.controller.abort();
    return this.#begin(startMs, endMs).words;
  }

  /** The words of any sound, mono PCM16 at 16 kHz. */
  recogniseSound(pcm: Int16Array): Promise<string> {
    return this.#beginWith(pcm.subarray(Math.max(pcm.length - MAX_UTTERANCE_MS * HEARD_SAMPLES_PER_MS, 0))).words;
  }

  /** Stops everything that is running. */
  close(): void {
    this.#guess = undefined;
    for (const controller of this.#running) controller.abort();
  }

  #begin(startMs: number, endMs: number) {
    return this.#beginWith(this.#options.read(Math.max(startMs, endMs - MAX_UTTERANCE_MS), endMs));
  }

  #beginWith(pcm: Int16Array) {
    const { stt, vocabulary } = this.#options;
    const controller = new AbortController();
    this.#running.add(controller);
    const words = stt
      .recognise(pcm, vocabulary(), controller.signal)
      .then(({ text }) => text)
      .finally(() => this.#running.delete(controller));
    return { words, controller };
  }
}
