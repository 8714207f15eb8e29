/** Paths of the bridge's HTTP interface, relative to its `basePath`. */
export const ENDPOINTS = {
  config: '/api/realtime/config',
  bridge: '/api/realtime/webrtc/bridge',
} as const;

/** Query parameter of a DELETE that names the one session to close; a newer one of the conversation is then left alone. */
export const SESSION_PARAMETER = 'session_id';

/** Path of one conversation's bridge: DELETE closes it. */
export function bridgePath(conversationId: string): string {
  return `${ENDPOINTS.bridge}/${encodeURIComponent(conversationId)}`;
}

/** Path that takes typed text for one conversation. */
export function bridgeTextPath(conversationId: string): string {
  return `${bridgePath(conversationId)}/text`;
}

/** Label of the data channel that carries {@link ServerControlMessage} and {@link ClientControlMessage} as JSON text. */
export const CONTROL_CHANNEL_LABEL = 'voice-bridge.control';
