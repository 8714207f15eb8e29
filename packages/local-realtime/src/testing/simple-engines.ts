import { VoiceBridgeError } from '@voice-bridge/core';
import type { CallEngines } from '../call/call-engines.ts';
import { createScriptedAssistant, type ScriptedTurn } from '../engines/assistant/scripted-assistant.ts';
import type { VadEngine } from '../engines/vad/vad-engine.ts';

const LOUD_RMS = 500;
const SPOKEN_MS_PER_WORD = 250;

/** What simple engines say and hear. */
export interface SimpleScript {
  readonly turns: readonly ScriptedTurn[];
  /** The n-th utterance's words; default `something` for each. `undefined`: no recogniser. */
  readonly heard?: readonly string[] | 'nothing_installed';
}

/** Engines whose answers are known beforehand: loudness is speech, words come from a list, each spoken word is 250 ms of tone. */
export function simpleEngines({ turns, heard = [] }: SimpleScript): CallEngines {
  let utterances = 0;
  return {
    createVad: loudnessVad,
    stt: {
      name: 'scripted',
      async recognise() {
        if (heard === 'nothing_installed') throw new VoiceBridgeError('recogniser_missing', 'No recogniser');
        return { text: heard[utterances++] ?? 'something' };
      },
      close: async () => {},
    },
    tts: {
      name: 'scripted',
      speak: async ({ text, speed = 1 }) => {
        const length = (24 * SPOKEN_MS_PER_WORD * text.split(' ').length) / speed;
        return Int16Array.from({ length }, (_, n) => 6_000 * Math.sin((2 * Math.PI * 500 * n) / 24_000));
      },
      close: async () => {},
    },
    assistant: createScriptedAssistant(turns),
  };
}

function loudnessVad(): VadEngine {
  return {
    process(frame) {
      const energy = frame.reduce((sum, sample) => sum + sample * sample, 0);
      return Math.sqrt(energy / frame.length) > LOUD_RMS ? 0.95 : 0.02;
    },
    reset() {},
    close() {},
  };
}
