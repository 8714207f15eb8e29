export type { BridgeEvents, SessionRef, ToolCallEvent } from './control-plane/bridge-events.ts';
export type { Participant, ParticipantSettings } from './control-plane/directory/session-participants.ts';
export type { SessionStateName, SessionView } from './control-plane/directory/session-record.ts';
export type { Authorize, AuthorizeOption, Identity, Scope } from './control-plane/http/identity.ts';
export type { Bind } from './control-plane/http/origin-policy.ts';
export type { Limits } from './control-plane/limits/limits.ts';
export type { Recording } from './control-plane/play/read-recording.ts';
export type { Tools } from './control-plane/settings.ts';
export type { ConversationStore, KeptEvent, StoredEvent } from './control-plane/store/conversation-store.ts';
export { MemoryStore, type MemoryStoreOptions } from './control-plane/store/memory-store.ts';
export { type PreparedCall, type Tool, type ToolContext, type ToolOptions, tool } from './control-plane/tools/tool.ts';
export type {
  BridgeDoors,
  PhoneFilter,
  Phones,
  PhoneView,
  Sessions,
  VoiceBridge,
} from './control-plane/voice-bridge-interface.ts';
export type { ModelOptions } from './model-options.ts';
export type { MediaOptions, VoiceBridgeOptions } from './options.ts';
export type { SessionStats } from './seam/session-events.ts';
export { createVoiceBridge } from './voice-bridge.ts';
