/** Samples per second of everything a {@link TtsEngine} says. */
export const TTS_SAMPLE_RATE_HZ = 24_000;

/** One sentence asked of a voice. */
export interface TtsRequest {
  readonly text: string;
  /** OpenAI's voice name; engines map it to one of theirs. */
  readonly voice: string;
  /** 0.25 to 1.5; default 1. */
  readonly speed?: number;
}

/** Speaks one sentence. */
export interface TtsEngine {
  /** A name for people: `flite`, `scripted`. */
  readonly name: string;
  /** Mono PCM16 at 24 kHz. Rejects with `aborted` when the signal fires. */
  speak(request: TtsRequest, signal: AbortSignal): Promise<Int16Array>;
  close(): Promise<void>;
}
