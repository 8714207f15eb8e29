import type { PeerId, PhoneId } from './signaling.ts';

/** `config` of {@link ENDPOINTS}; apart from the others, so that a page loads only what it asks. */
export const CONFIG_PATH = '/api/realtime/config';
/** `bridge` of {@link ENDPOINTS}; apart from the others, so that a page loads only what it asks. */
export const BRIDGE_PATH = '/api/realtime/webrtc/bridge';

/** Paths of the bridge's HTTP interface, relative to its `basePath`. */
export const ENDPOINTS = {
  config: CONFIG_PATH,
  bridge: BRIDGE_PATH,
  session: '/api/realtime/session',
  sdp: '/api/realtime/sdp',
  events: '/api/realtime/events',
  /** Of peers: a desktop and its phones exchange offers, answers and candidates. */
  signaling: '/api/realtime/webrtc-signal',
  /** Of phones: a token or a code, and the credential that one of them is redeemed for. */
  pairing: '/api/realtime/pairing',
  redeemPairing: '/api/realtime/pairing/redeem',
  renewPairing: '/api/realtime/pairing/renew',
  conversations: '/api/realtime/conversations',
  openapi: '/api/openapi.json',
  voiceOffer: '/api/voice/offer',
  voiceAnswer: '/api/voice/answer',
  voiceIce: '/api/voice/ice',
  /** A WebSocket: sound as PCM16, or signaling of a WebRTC connection. */
  speech: '/ws/speech',
} as const;

/** Query parameter of a DELETE that names the one session to close; a newer one of the conversation is then left alone. */
export const SESSION_PARAMETER = 'session_id';

/** Path of one conversation's bridge: DELETE closes it. */
export function bridgePath(conversationId: string): string {
  return `${BRIDGE_PATH}/${encodeURIComponent(conversationId)}`;
}

/** Path that takes typed text for one conversation. */
export function bridgeTextPath(conversationId: string): string {
  return `${bridgePath(conversationId)}/text`;
}

/** Path of a conversation's participants: GET lists them, POST joins. */
export function participantsPath(conversationId: string): string {
  return `${bridgePath(conversationId)}/participants`;
}

/** Path of one participant: PATCH changes it, DELETE takes it out. */
export function participantPath(conversationId: string, participantId: string): string {
  return `${participantsPath(conversationId)}/${encodeURIComponent(participantId)}`;
}

/** Path of one session: GET tells of it, DELETE closes it. */
export function sessionPath(sessionId: string): string {
  return `${ENDPOINTS.session}/${encodeURIComponent(sessionId)}`;
}

/** Path that takes an offer as bare SDP and joins the session with it. */
export function sdpPath(sessionId: string): string {
  return `${ENDPOINTS.sdp}/${encodeURIComponent(sessionId)}`;
}

/** Path of a conversation's events: a WebSocket, or SSE. */
export function eventsPath(conversationId: string): string {
  return `${ENDPOINTS.events}/${encodeURIComponent(conversationId)}`;
}

/** Path of one peer's signaling: a WebSocket, or SSE and POST. */
export function signalingPath(conversationId: string, peerId: PeerId): string {
  return `${ENDPOINTS.signaling}/${encodeURIComponent(conversationId)}/${peerId}`;
}

/** Path of a conversation's invitations and phones: GET lists them. */
export function phonesPath(conversationId: string): string {
  return `${ENDPOINTS.pairing}/${encodeURIComponent(conversationId)}/phones`;
}

/** Path of one phone: POST accepts it, DELETE removes it. */
export function phonePath(conversationId: string, phoneId: PhoneId): string {
  return `${ENDPOINTS.pairing}/${encodeURIComponent(conversationId)}/${phoneId}`;
}

/** Query parameter of {@link eventsPath}: the id of the last event the client has. */
export const AFTER_PARAMETER = 'after';
/** The subprotocol of every WebSocket of the bridge. */
export const SUBPROTOCOL = 'voice-bridge.v1';
/** What a token is offered behind as a second subprotocol; never in a URL. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'voice-bridge.token.';

/** Label of the data channel that carries {@link ServerControlMessage} and {@link ClientControlMessage} as JSON text. */
export const CONTROL_CHANNEL_LABEL = 'voice-bridge.control';
