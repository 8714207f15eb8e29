export { type ActiveSpeaker, nobodySpeaks, stepActiveSpeaker } from './audio/active-speaker.ts';
export { FRAME_MS, frameSamples, OPUS_CLOCK_HZ, PCM_RATE_HZ } from './audio/frame.ts';
export {
  JitterBuffer,
  type JitterBufferOptions,
  type JitterBufferStats,
  type JitterPacket,
  type Playout,
} from './audio/jitter-buffer.ts';
export { type AudioLevel, levelOf, SILENCE_DBFS, toDbfs } from './audio/level.ts';
export { Mixer } from './audio/mixer.ts';
export { PcmBuffer, type PcmBufferStats } from './audio/pcm-buffer.ts';
export { bytesToPcm16, floatToPcm16, Pcm16Reader, pcm16ToBytes, pcm16ToFloat } from './audio/pcm16.ts';
export { type ResampleRate, Resampler } from './audio/resampler.ts';
export { type SpeakerLoudness, type SpeakerSelection, selectSpeakers } from './audio/speaker-selection.ts';
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
export { type Backoff, backoffDelay, defaultBackoff } from './machine/backoff.ts';
export {
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  connectionWakeAt,
  defaultReconnectPolicy,
  idleConnection,
  type ReconnectPolicy,
  stepConnection,
} from './machine/connection.ts';
export { Machine, type MachineOptions, type Step } from './machine/machine.ts';
export {
  defaultNegotiationPolicy,
  type NegotiationEffect,
  type NegotiationInput,
  type NegotiationPolicy,
  type NegotiationState,
  negotiationWakeAt,
  startNegotiation,
  stepNegotiation,
} from './machine/negotiation.ts';
export {
  type PairingEffect,
  type PairingInput,
  type PairingRefusal,
  stepPairing,
} from './machine/pairing.ts';
export {
  emptyPairing,
  hasToken,
  type Invitation,
  isOutgoing,
  leaderOfPhones,
  openInvitations,
  type PairedPhone,
  type PairingState,
  type PhoneSelection,
  pairingWakeAt,
  phoneRenewing,
  phoneShowing,
  type SecretKey,
  selectedPhones,
  withShown,
} from './machine/pairing-state.ts';
export {
  emptySignalingRelay,
  MAX_WAITING_LENGTH,
  type SignalingRelayEffect,
  type SignalingRelayInput,
  type SignalingRelayState,
  stepSignalingRelay,
} from './machine/signaling-relay.ts';
export { TokenBucket } from './machine/token-bucket.ts';
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
  imageUrlSchema,
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
export {
  AFTER_PARAMETER,
  BRIDGE_PATH,
  bridgePath,
  bridgeTextPath,
  CONFIG_PATH,
  CONTROL_CHANNEL_LABEL,
  ENDPOINTS,
  eventsPath,
  participantPath,
  participantsPath,
  phonePath,
  phonesPath,
  SESSION_PARAMETER,
  SUBPROTOCOL,
  sdpPath,
  sessionPath,
  signalingPath,
  TOKEN_SUBPROTOCOL_PREFIX,
} from './protocol/endpoints.ts';
export {
  FEED_PING_MS,
  type FeedEvent,
  type FeedRequest,
  feedEventSchema,
  feedRequestSchema,
  MAX_FEED_REQUEST_LENGTH,
  parseFeedEvent,
  parseFeedRequest,
} from './protocol/feed.ts';
export { MAX_BODY_BYTES, MAX_SYSTEM_PROMPT_LENGTH, MAX_TEXT_LENGTH } from './protocol/limits.ts';
export type {
  CandidatePairStats,
  InboundRtpStats,
  MediaStats,
  OutboundRtpStats,
  RemoteInboundRtpStats,
  WebSocketStats,
} from './protocol/media-stats.ts';
export {
  acceptedResponseSchema,
  type ConversationList,
  conversationListSchema,
  PAIRING_CODE_ALPHABET,
  PAIRING_CODE_LENGTH,
  PAIRING_SECONDS,
  type PairedPhones,
  type PairingRequest,
  type PairingResponse,
  PHONE_CREDENTIAL_PREFIX,
  type PhoneCredential,
  pairedPhonesSchema,
  pairingRequestSchema,
  pairingResponseSchema,
  phoneCredentialSchema,
  type RedeemRequest,
  readPairingCode,
  redeemRequestSchema,
  showPairingCode,
} from './protocol/pairing.ts';
export {
  gainSchema,
  MAX_GAIN,
  MAX_NAME_LENGTH,
  type ParticipantRole,
  type ParticipantTransport,
  type ParticipantView,
  participantRoleSchema,
  participantViewSchema,
} from './protocol/participants.ts';
export {
  type DesktopMessage,
  MAX_PHONE_MESSAGE_LENGTH,
  PHONE_CHANNEL_LABEL,
  PHONE_CHANNEL_VERSION,
  PHONE_IDLE_MESSAGES_PER_SECOND,
  PHONE_PING_MS,
  type PhoneMessage,
  parseDesktopMessage,
  parsePhoneMessage,
} from './protocol/phone-channel.ts';
export {
  changedResponseSchema,
  type ParticipantChange,
  type ParticipantList,
  type ParticipantRequest,
  type ParticipantResponse,
  participantChangeSchema,
  participantListSchema,
  participantRequestSchema,
  participantResponseSchema,
  removedResponseSchema,
  type SessionList,
  type SessionRequest,
  type SessionResponse,
  type SessionSummary,
  sessionListSchema,
  sessionRequestSchema,
  sessionResponseSchema,
  sessionSummarySchema,
} from './protocol/session-http.ts';
export {
  MAX_SIGNALING_LENGTH,
  PEER_IDS,
  type PeerId,
  PHONE_IDS,
  type PhoneId,
  parsePeerId,
  parseSignalingEvent,
  parseSignalingMessage,
  type SignalingEvent,
  type SignalingMessage,
  signalingEventSchema,
  signalingMessageSchema,
} from './protocol/signaling.ts';
export {
  MAX_PCM_MESSAGE_BYTES,
  parseSpeechRequest,
  type SpeechRequest,
  type SpeechStart,
  type SpeechStarted,
  speechRequestSchema,
  speechStartedSchema,
  speechStartSchema,
  type VoiceAnswer,
  type VoiceDescription,
  type VoiceIce,
  type VoiceOffer,
  voiceAnswerSchema,
  voiceDescriptionSchema,
  voiceIceSchema,
  voiceOfferSchema,
} from './protocol/speech.ts';
export { newestEntries } from './protocol/transcript-limits.ts';
export { PROTOCOL_VERSION } from './protocol/version.ts';
export { decodeJson, parseJson, parseValue } from './protocol/wire.ts';
