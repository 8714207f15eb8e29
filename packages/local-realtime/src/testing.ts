export { ManualClock } from '@voice-bridge/core/testing';
export type { ScriptedTurn } from './engines/assistant/scripted-assistant.ts';
export { type EngineScript, scriptedEngines } from './engines/scripted-engines.ts';
export { readToneText, type ToneTextOptions, toneText } from './engines/tone-text.ts';
export type { ServerSettings } from './server.ts';
export {
  RealtimeTestClient,
  type RealtimeTestClientOptions,
  type ReceivedEvent,
  type ReceivedPacket,
} from './testing/realtime-test-client.ts';
export { skipWithout } from './testing/skip-without.ts';
export { type ScriptedRealtime, startScriptedRealtime } from './testing/start-scripted-realtime.ts';
export type { TestMicrophone } from './testing/test-microphone.ts';
export { testSpeech } from './testing/test-speech.ts';
export type { Conversation } from './testing/watched-assistant.ts';
