import { testSpeech } from '@voice-bridge/local-realtime/testing';
import type { Sound } from './wav.ts';

/** A sentence as the synthetic voice says it. */
export async function speak(text: string): Promise<Sound> {
  return { pcm: await testSpeech(text), sampleRateHz: 24_000 };
}
