import type { VoiceBridgeError } from '@voice-bridge/core';
import type { CallEngines } from '../call/call-engines.ts';
import { createChatAssistant } from './assistant/chat-assistant.ts';
import { createRulesAssistant } from './assistant/rules-assistant.ts';
import type { RemoteEngines } from './remote/remote-engines.ts';
import { type SpeechWorker, startSpeechWorker } from './speech-worker-client.ts';
import { createOpenAiStt } from './stt/openai-stt.ts';
import { createOpenAiTts } from './tts/openai-tts.ts';
import { createSileroVad } from './vad/silero-vad.ts';

const PREPARING_SAMPLES = 4_800;

/** Engines that really hear, think and speak, and the end of them. */
export interface RealEngines {
  readonly engines: CallEngines;
  /** Ends the thread and what is under way. */
  close(): Promise<void>;
}

/** Starts them. Throws `TypeError` for a URL that is none; rejects with `internal` when the speech thread cannot start. */
export async function startRealEngines(
  remote: RemoteEngines,
  onWarning: (warning: VoiceBridgeError) => void,
): Promise<RealEngines> {
  const remoteStt = remote.stt === undefined ? undefined : createOpenAiStt(remote.stt);
  const remoteTts = remote.tts === undefined ? undefined : createOpenAiTts(remote.tts);
  const assistant = remote.llm === undefined ? createRulesAssistant() : createChatAssistant(remote.llm);
  const needed = remoteStt === undefined || remoteTts === undefined;
  const worker = needed ? await startSpeechWorker({ onWarning }) : undefined;
  const [stt, tts] = [remoteStt ?? worker?.stt, remoteTts ?? worker?.tts];
  if (stt === undefined || tts === undefined) throw new TypeError('No speech thread');
  return {
    engines: { createVad: createSileroVad, stt, tts, assistant, prepare: (phrases) => prepare(worker, phrases) },
    async close() {
      await Promise.all([stt.close(), tts.close(), worker?.close()]);
    },
  };
}

/** The first use of a vocabulary reads the dictionary; the first sentence compiles the voice. A server that costs money is not asked. */
function prepare(worker: SpeechWorker | undefined, phrases: readonly string[]): void {
  const never = new AbortController().signal;
  worker?.stt.recognise(new Int16Array(PREPARING_SAMPLES), { phrases }, never).catch(() => {});
  worker?.tts.speak({ text: 'Ready.', voice: '' }, never).catch(() => {});
}
