import type { CallEngines } from '../call/call-engines.ts';
import { createScriptedAssistant, type ScriptedTurn } from './assistant/scripted-assistant.ts';
import { createNoStt } from './stt/no-stt.ts';
import { createScriptedStt } from './stt/scripted-stt.ts';
import { createScriptedTts, type ScriptedTtsOptions } from './tts/scripted-tts.ts';
import { createScriptedVad } from './vad/scripted-vad.ts';

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
export function scriptedEngines(
  { turns, heard }: EngineScript,
  { giveWay }: Pick<ScriptedTtsOptions, 'giveWay'> = {},
): CallEngines {
  return {
    createVad: () => createScriptedVad(),
    stt: heard === 'nothing_installed' ? createNoStt() : createScriptedStt(heard),
    tts: createScriptedTts({ characterMs: CHARACTER_MS, giveWay }),
    assistant: createScriptedAssistant(turns),
  };
}
