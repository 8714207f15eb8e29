import { existsSync, readFileSync } from 'node:fs';
import { Resampler } from '@voice-bridge/core';
import { findRecogniser } from './stt/recogniser-files.ts';
import { createFliteTts } from './tts/flite-tts.ts';
import { TTS_SAMPLE_RATE_HZ } from './tts/tts-engine.ts';

const RECORDINGS = '/usr/share/pocketsphinx/test/data';
const WAV_HEADER_BYTES = 44;

/** The recogniser of this machine, if it has one. */
export const installedRecogniser = findRecogniser(process.env.PATH ?? '');

/** Whether Debian's `pocketsphinx-testdata` is installed: human speech. */
export const hasRecordings = existsSync(`${RECORDINGS}/goforward.raw`);

/** Human speech at 16 kHz: `goforward.raw`, `cards/001.wav`, … of `pocketsphinx-testdata`. */
export function recording(name: string): Int16Array {
  const bytes = readFileSync(`${RECORDINGS}/${name}`).subarray(name.endsWith('.wav') ? WAV_HEADER_BYTES : 0);
  return Int16Array.from({ length: Math.floor(bytes.length / 2) }, (_, n) => bytes.readInt16LE(n * 2));
}

/** A sentence of the synthetic voice at 16 kHz, as a recogniser gets it. */
export async function spoken(text: string, voice = 'marin'): Promise<Int16Array> {
  const pcm = await createFliteTts().speak({ text, voice }, new AbortController().signal);
  return new Resampler(TTS_SAMPLE_RATE_HZ, 16_000).process(pcm);
}

/** Even noise of one loudness, the same for the same seed. */
export function noise(samples: number, rms: number, seed = 1): Int16Array {
  let state = seed;
  return Int16Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state / 2 ** 32 - 0.5) * Math.sqrt(12) * rms;
  });
}

/** Both sounds at once, as long as the first. */
export function mixed(sound: Int16Array, other: Int16Array): Int16Array {
  return sound.map((sample, n) => Math.max(-32_768, Math.min(32_767, sample + (other[n] ?? 0))));
}

/** Sound after silence and before silence, in milliseconds at 16 kHz. */
export function padded(pcm: Int16Array, beforeMs: number, afterMs: number): Int16Array {
  const whole = new Int16Array(pcm.length + (beforeMs + afterMs) * 16);
  whole.set(pcm, beforeMs * 16);
  return whole;
}

/** A signal that never fires. */
export function anySignal(): AbortSignal {
  return new AbortController().signal;
}
