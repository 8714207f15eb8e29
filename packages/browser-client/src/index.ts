export type { MicrophoneProcessing } from './audio/microphone.ts';
export type { ConversationWishes } from './bridge/bridge-api.ts';
export { INITIAL_SNAPSHOT } from './client-state.ts';
export { VoiceBridgeClient, type VoiceBridgeClientOptions } from './voice-bridge-client.ts';
export type {
  AudioLevel,
  MicrophoneReason,
  MicrophoneState,
  ToolCall,
  TranscriptLine,
  VoiceClient,
  VoiceEvents,
  VoiceSnapshot,
  VoiceState,
} from './voice-client.ts';
