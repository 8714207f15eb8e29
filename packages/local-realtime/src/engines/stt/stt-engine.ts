/** What a recogniser may expect to hear. */
export interface SttVocabulary {
  /** Sentences and patterns the assistant understands, in the notation of `phrases.ts`. */
  readonly phrases: readonly string[];
}

/** What was heard. */
export interface SttResult {
  /** The words, lower case, without punctuation; empty when nothing was understood. */
  readonly text: string;
}

/** Turns one utterance into words. */
export interface SttEngine {
  /** A name for people: `pocketsphinx`, `scripted`, `none`. */
  readonly name: string;
  /** Recognises mono PCM16 at 16 kHz, at most 60 s. Rejects with `recogniser_missing` or `aborted`; an utterance it does not understand is empty text. */
  recognise(pcm: Int16Array, vocabulary: SttVocabulary, signal: AbortSignal): Promise<SttResult>;
  close(): Promise<void>;
}
