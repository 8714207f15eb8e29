export type { CallEngines } from './call/call-engines.ts';
export type {
  AssistantEngine,
  AssistantItem,
  AssistantOutput,
  AssistantRequest,
  AssistantTool,
  AssistantToolChoice,
} from './engines/assistant/assistant-engine.ts';
export type { RemoteServer } from './engines/remote/remote-endpoint.ts';
export { type Environment, type RemoteEngines, remoteEngines } from './engines/remote/remote-engines.ts';
export type { SttEngine, SttResult, SttVocabulary } from './engines/stt/stt-engine.ts';
export type { TtsEngine, TtsRequest } from './engines/tts/tts-engine.ts';
export { VAD_FRAME_SAMPLES, type VadEngine } from './engines/vad/vad-engine.ts';
export type { BreakFault, FaultPlan } from './faults/fault-plan.ts';
export { type LocalRealtime, type LocalRealtimeOptions, startLocalRealtime } from './start-local-realtime.ts';
