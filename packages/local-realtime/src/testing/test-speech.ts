import { createFliteTts } from '../engines/tts/flite-tts.ts';

/** A sentence spoken by the local voice, for microphones in tests: mono PCM16 at 24 kHz. `voice` is an OpenAI name; default `cedar`. */
export function testSpeech(text: string, voice = 'cedar'): Promise<Int16Array> {
  return createFliteTts().speak({ text, voice }, new AbortController().signal);
}
