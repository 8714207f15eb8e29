import { Resampler } from '@voice-bridge/core';
import { createFliteTts } from '../engines/tts/flite-tts.ts';
import { TTS_SAMPLE_RATE_HZ } from '../engines/tts/tts-engine.ts';

const AUDIBLE = 200;

/** A sentence as the synthetic voice (Flite) says it, without the silence behind it: mono PCM16, by default at 24 kHz. */
export async function testSpeech(
  text: string,
  sampleRateHz: 16_000 | 24_000 = TTS_SAMPLE_RATE_HZ,
  voice = 'marin',
): Promise<Int16Array> {
  const pcm = await createFliteTts().speak({ text, voice }, new AbortController().signal);
  const end = pcm.findLastIndex((sample) => Math.abs(sample) > AUDIBLE) + 1;
  const speech = pcm.subarray(0, end);
  return sampleRateHz === TTS_SAMPLE_RATE_HZ
    ? speech.slice()
    : new Resampler(TTS_SAMPLE_RATE_HZ, sampleRateHz).process(speech);
}
