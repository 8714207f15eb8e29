export type { CancelTimer, Clock } from './clock.ts';
export { Emitter, type EventMap, type EventSource, type Unsubscribe } from './emitter.ts';
export {
  ERROR_CODES,
  type ErrorCode,
  isErrorCode,
  isVoiceBridgeError,
  toVoiceBridgeError,
  VoiceBridgeError,
  type VoiceBridgeErrorOptions,
} from './errors.ts';
export {
  CONVERSATION_ID_PATTERN,
  type ConversationId,
  formatId,
  isConversationId,
  type ParticipantId,
  type SessionId,
} from './ids.ts';
export { type LogFields, type Logger, silentLogger } from './logger.ts';
export { type Parsed, parsedOk, parsedProblem } from './parsed.ts';
export {
  type BridgeRequest,
  type BridgeResponse,
  bridgeRequestSchema,
  bridgeResponseSchema,
  type ConfigResponse,
  closedResponseSchema,
  configResponseSchema,
  type ErrorResponse,
  errorResponseSchema,
  type IceServer,
  iceServerSchema,
  MAX_BODY_BYTES,
  MAX_SYSTEM_PROMPT_LENGTH,
  MAX_TEXT_LENGTH,
  textRequestSchema,
  textResponseSchema,
} from './protocol/bridge-http.ts';
export { CLOSE_CODES, type SessionCloseReason } from './protocol/close-codes.ts';
export {
  type AssistantState,
  type ClientControlMessage,
  clientControlSchema,
  HEARTBEAT_MS,
  MAX_CONTROL_LENGTH,
  parseClientControl,
  parseServerControl,
  type ServerControlMessage,
  serverControlSchema,
  type ToolCallView,
  type TranscriptEntry,
} from './protocol/control.ts';
export { bridgePath, bridgeTextPath, CONTROL_CHANNEL_LABEL, ENDPOINTS } from './protocol/endpoints.ts';
export { PROTOCOL_VERSION } from './protocol/version.ts';
export { parseJson, parseValue } from './protocol/wire.ts';
