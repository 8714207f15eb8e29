import { VAD_FRAME_SAMPLES, type VadEngine } from './vad-engine.ts';

/** A stretch of speech, on the stream's own time: 32 ms per frame since the start or the last reset. */
export interface SpeechInterval {
  readonly startMs: number;
  readonly endMs: number;
}

const FRAME_MS = 32;
const LOUD_RMS = 500;
const SPEECH = 0.95;
const SILENCE = 0.02;

/** Finds speech at the given times, whatever the sound; without times, wherever the sound is loud. */
export function createScriptedVad(intervals?: readonly SpeechInterval[]): VadEngine {
  let frames = 0;
  return {
    process(frame) {
      if (frame.length !== VAD_FRAME_SAMPLES) {
        throw new TypeError(`A frame holds ${VAD_FRAME_SAMPLES} samples, got ${frame.length}`);
      }
      const now = frames * FRAME_MS;
      frames += 1;
      const speech =
        intervals === undefined ? isLoud(frame) : intervals.some(({ startMs, endMs }) => now >= startMs && now < endMs);
      return speech ? SPEECH : SILENCE;
    },
    reset() {
      frames = 0;
    },
    close() {},
  };
}

function isLoud(frame: Int16Array): boolean {
  const energy = frame.reduce((sum, sample) => sum + sample * sample, 0);
  return Math.sqrt(energy / frame.length) > LOUD_RMS;
}
