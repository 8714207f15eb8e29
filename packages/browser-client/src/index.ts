export type { AudioGraph, AudioGraphFactory } from './audio/audio-graph.ts';
export type { ClientSound, InputMix } from './audio/input-mix.ts';
export type { Microphone, MicrophoneProcessing, OpenMicrophone } from './audio/microphone.ts';
export type { Speaker, SpeakerFactory } from './audio/speaker.ts';
export type { ConversationWishes } from './bridge/bridge-api.ts';
export type { Fetch } from './bridge/bridge-http.ts';
export type { ClientHost } from './client-host.ts';
export { INITIAL_SNAPSHOT } from './client-state.ts';
export type {
  RtcConnection,
  RtcConnectionFactory,
  RtcConnectionOptions,
  RtcConnectionSinks,
  RtcConnectionState,
} from './rtc/rtc-connection.ts';
export { VoiceBridgeClient, type VoiceBridgeClientOptions } from './voice-bridge-client.ts';
export type {
  AudioLevel,
  MicrophoneReason,
  MicrophoneState,
  Participant,
  ParticipantChange,
  PushToTalkState,
  ToolCall,
  TranscriptLine,
  VoiceClient,
  VoiceEvents,
  VoiceSnapshot,
  VoiceState,
} from './voice-client.ts';
