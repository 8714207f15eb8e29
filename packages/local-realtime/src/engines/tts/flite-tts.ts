import { type ResampleRate, Resampler, VoiceBridgeError } from '@voice-bridge/core';
import { runFlite } from './flite-program.ts';
import { fliteVoice } from './flite-voices.ts';
import { speakableText } from './speakable-text.ts';
import { TTS_SAMPLE_RATE_HZ, type TtsEngine, type TtsRequest } from './tts-engine.ts';

/** Speaks with Flite, in this thread: a sentence blocks for some 30 ms. Call it where nothing else waits. */
export function createFliteTts(): TtsEngine {
  return { name: 'flite', speak, close: async () => {} };
}

const SLOWEST = 0.25;
const FASTEST = 1.5;
const VOICE_RATES: readonly ResampleRate[] = [8_000, 16_000, 24_000];

async function speak({ text, voice, speed = 1 }: TtsRequest, signal: AbortSignal): Promise<Int16Array> {
  if (!(speed >= SLOWEST && speed <= FASTEST)) throw new TypeError(`Speed is ${SLOWEST} to ${FASTEST}, got ${speed}`);
  if (signal.aborted) throw new VoiceBridgeError('aborted', 'The sentence was given up');
  const speakable = speakableText(text);
  if (speakable === '') return new Int16Array(0);
  const { pcm, sampleRateHz } = runFlite(speakable, fliteVoice(voice), 1 / speed);
  return resample(pcm, sampleRateHz);
}

/** The whole sentence at the rate of the port, without the delay that a stream would have. */
function resample(pcm: Int16Array, sampleRateHz: number): Int16Array {
  const fromHz = VOICE_RATES.find((rate) => rate === sampleRateHz);
  if (fromHz === undefined) throw new VoiceBridgeError('internal', `Flite spoke at ${sampleRateHz} Hz`);
  const resampler = new Resampler(fromHz, TTS_SAMPLE_RATE_HZ);
  const padded = new Int16Array(pcm.length + Math.ceil(resampler.delaySeconds * fromHz));
  padded.set(pcm);
  const late = Math.round(resampler.delaySeconds * TTS_SAMPLE_RATE_HZ);
  const length = Math.round((pcm.length * TTS_SAMPLE_RATE_HZ) / fromHz);
  return resampler.process(padded).slice(late, late + length);
}
