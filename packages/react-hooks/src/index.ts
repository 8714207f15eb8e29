export {
  createVoiceHooks,
  type Json,
  type TypedBridge,
  type TypedTool,
  type TypedToolCall,
  type VoiceHooks,
} from './create-voice-hooks.ts';
export { type AudioLevelOptions, type AudioSide, useAudioLevel } from './use-audio-level.ts';
export { type Participants, useParticipants } from './use-participants.ts';
export { type PushToTalk, type PushToTalkButtonProps, usePushToTalk } from './use-push-to-talk.ts';
export { useToolCalls } from './use-tool-calls.ts';
export { useTranscript } from './use-transcript.ts';
export { useVoiceBridge, type VoiceBridge } from './use-voice-bridge.ts';
export { VoiceBridgeProvider, type VoiceBridgeProviderProps } from './voice-bridge-provider.tsx';
export { useVoiceClient } from './voice-context.ts';
