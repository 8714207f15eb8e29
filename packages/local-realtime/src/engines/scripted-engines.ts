import type { CallEngines } from '../call/call-engines.ts';
import { createScriptedAssistant, type ScriptedTurn } from '../engines/assistant/scripted-assistant.ts';
import { createNoStt } from '../engines/stt/no-stt.ts';
import { createScriptedStt } from '../engines/stt/scripted-stt.ts';
import { createScriptedTts } from '../engines/tts/scripted-tts.ts';
import { createScriptedVad } from '../engines/vad/scripted-vad.ts';

const CHARACTER_MS = 50;

/** What scripted engines say and hear. */
export interface EngineScript {
  /** The n-th entry is the n-th response. */
  readonly turns: readonly ScriptedTurn[];
  /**
   * The n-th utterance's words. Default: what the tones of `toneText` spell. `nothing_installed`: there is no recogniser.
   */
  readonly heard?: readonly string[] | 'nothing_installed';
}

/** Engines whose answers are known beforehand: loud sound is speech, words come from a list, the voice is 50 ms of tone per character. */
export function scriptedEngines({ turns, heard }: EngineScript): CallEngines {
  return {
    createVad: () => createScriptedVad(),
    stt: heard === 'nothing_installed' ? createNoStt() : createScriptedStt(heard),
    tts: createScriptedTts({ characterMs: CHARACTER_MS }),
    assistant: createScriptedAssistant(turns),
  };
}
