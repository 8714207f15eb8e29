import { plainWords } from '../phrases.ts';
import { readToneText } from '../tone-text.ts';
import { createScriptedTts } from './scripted-tts.ts';
import { ttsEngineContract } from './tts-engine.contract.ts';

ttsEngineContract(
  'scripted',
  () => createScriptedTts(),
  async (pcm) => plainWords(readToneText(pcm, 24_000)),
);
