import { VoiceBridgeError } from '@voice-bridge/core';
import type { SttEngine } from './stt-engine.ts';

/** Stands in where no recogniser is installed: every utterance rejects with `recogniser_missing`. */
export function createNoStt(): SttEngine {
  return {
    name: 'none',
    recognise: async () => {
      throw new VoiceBridgeError('recogniser_missing', 'No speech recogniser is installed', {
        hint: 'On Debian: apt-get install pocketsphinx pocketsphinx-en-us. Typed text works without it.',
      });
    },
    close: async () => {},
  };
}
