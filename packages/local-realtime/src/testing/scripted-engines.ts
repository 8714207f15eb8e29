import { VoiceBridgeError } from '@voice-bridge/core';
import type { CallEngines } from '../call/call-engines.ts';
import { createScriptedAssistant, type ScriptedTurn } from '../engines/assistant/scripted-assistant.ts';
import type { SttEngine } from '../engines/stt/stt-engine.ts';
import type { VadEngine } from '../engines/vad/vad-engine.ts';

const LOUD_RMS = 500;
const SPOKEN_MS_PER_WORD = 250;

/** What scripted engines say and hear. */
export interface EngineScript {
  /** The n-th entry is the n-th response. */
  readonly turns: readonly ScriptedTurn[];
  /** The n-th utterance's words; default `something` for each. `nothing_installed`: there is no recogniser. */
  readonly heard?: readonly string[] | 'nothing_installed';
}

/** Engines whose answers are known beforehand: loudness is speech, words come from a list, each spoken word is 250 ms of tone. */
export function scriptedEngines({ turns, heard = [] }: EngineScript): CallEngines {
  return {
    createVad: loudnessVad,
    stt: scriptedStt(heard),
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

/** A turn is recognised early and once more when it goes on: sound that begins with the last one's is the same utterance. */
function scriptedStt(heard: NonNullable<EngineScript['heard']>): SttEngine {
  let utterances = 0;
  let last: Int16Array = new Int16Array(0);
  return {
    name: 'scripted',
    async recognise(pcm) {
      if (heard === 'nothing_installed') throw new VoiceBridgeError('recogniser_missing', 'No recogniser');
      const goesOn = last.length > 0 && last.every((sample, index) => sample === pcm[index]);
      if (!goesOn) utterances++;
      last = pcm;
      return { text: heard[utterances - 1] ?? 'something' };
    },
    close: async () => {},
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
