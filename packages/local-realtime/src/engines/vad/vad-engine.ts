/** Samples one VAD frame holds: 32 ms at 16 kHz. */
export const VAD_FRAME_SAMPLES = 512;

/** Tells speech from everything else, frame by frame, for one stream. Times never come from a clock. */
export interface VadEngine {
  /** Probability of speech, 0 to 1, in one frame of {@link VAD_FRAME_SAMPLES} mono PCM16 samples at 16 kHz. */
  process(frame: Int16Array): number;
  /** Forgets what came before. */
  reset(): void;
  close(): void;
}
