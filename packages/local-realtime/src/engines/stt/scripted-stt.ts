import { VoiceBridgeError } from '@voice-bridge/core';
import { readToneText } from '../tone-text.ts';
import type { SttEngine } from './stt-engine.ts';

const SAMPLE_RATE_HZ = 16_000;
const AUDIBLE = 100;
const MAX_SAMPLES = 60 * SAMPLE_RATE_HZ;

/**
 * Hears what a test wants: the n-th utterance is the n-th text, empty once the list is used up. Without a list it reads the tones that
 * the scripted voice speaks, so that a test sees whose sound has arrived. Sound that begins with all of the last utterance is that
 * utterance going on, as a turn may be recognised early; silence is no utterance.
 */
export function createScriptedStt(texts?: readonly string[]): SttEngine {
  let utterances = 0;
  let last = new Int16Array(0);
  const nth = (pcm: Int16Array): string => {
    const goesOn = last.length > 0 && last.every((sample, index) => sample === pcm[index]);
    if (!goesOn) utterances += 1;
    last = pcm.slice();
    return texts?.[utterances - 1] ?? '';
  };
  return {
    name: 'scripted',
    async recognise(pcm, _vocabulary, signal) {
      if (pcm.length > MAX_SAMPLES) throw new TypeError('An utterance lasts at most 60 s');
      if (signal.aborted) throw new VoiceBridgeError('aborted', 'The recognition was given up');
      if (pcm.every((sample) => Math.abs(sample) < AUDIBLE)) return { text: '' };
      return { text: texts === undefined ? readToneText(pcm, SAMPLE_RATE_HZ) : nth(pcm) };
    },
    close: async () => {},
  };
}
