export {
  CALL_PARTS,
  CALLS_PATH,
  CLIENT_SECRETS_PATH,
  type ClientSecretRequest,
  type ClientSecretResponse,
  callIdOf,
  clientSecretResponseSchema,
  EVENTS_CHANNEL_LABEL,
  type HttpError,
  hangupPath,
  httpErrorSchema,
  MAX_SDP_LENGTH,
  MAX_SESSION_LENGTH,
  type ParsedRequest,
  parseCallSession,
  parseClientSecretRequest,
  parseHttpError,
} from './openai/calls.ts';
export {
  type ClientEvent,
  type ClientEventOf,
  type ClientEventType,
  clientEventSchema,
  encodeClientEvent,
  type ParsedClientEvent,
  parseClientEvent,
} from './openai/client-events.ts';
export type { ClientFault } from './openai/client-fault.ts';
export { type ConversationState, type ConversationStep, initialConversation } from './openai/conversation-draft.ts';
export type {
  ConversationEffect,
  ConversationInput,
  ConversationRequest,
  HistoryLine,
} from './openai/conversation-effects.ts';
export {
  type ClientItem,
  type ContentPart,
  clientItemSchema,
  type ServerItem,
  type ServerMessage,
  serverItemSchema,
} from './openai/items.ts';
export { MAX_APPEND_LENGTH, MAX_CLIENT_EVENT_LENGTH, MAX_SERVER_EVENT_LENGTH } from './openai/limits.ts';
export { type ModelProblem, modelProblem, withoutKeys } from './openai/model-problem.ts';
export {
  type ErrorBody,
  type RealtimeResponse,
  type ResponseParams,
  type ResponseUsage,
  responseParamsSchema,
  responseSchema,
} from './openai/responses.ts';
export {
  encodeServerEvent,
  type OtherServerEvent,
  parseServerEvent,
  type ServerEvent,
  type ServerEventBody,
  type ServerEventOf,
  type ServerEventType,
  serverEventSchema,
} from './openai/server-events.ts';
export {
  type FunctionTool,
  type NoiseReduction,
  noiseReductionSchema,
  type RealtimeSession,
  type RealtimeSessionConfig,
  realtimeSessionConfigSchema,
  type SessionConfig,
  sessionConfigSchema,
  type Transcription,
  type TurnDetection,
  transcriptionSchema,
  turnDetectionSchema,
} from './openai/session-config.ts';
export { stepConversation } from './openai/step-conversation.ts';
export type { TranscriptEffect } from './openai/transcript.ts';
