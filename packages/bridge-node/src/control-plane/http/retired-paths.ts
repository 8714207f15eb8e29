import { ENDPOINTS, VoiceBridgeError } from '@voice-bridge/core';

/** Where an earlier system sent a phone's sound through the server. */
export const AUDIO_RELAY = '/api/realtime/audio-relay';

/** True for paths, without the base path, that an earlier system had and this one answers with {@link retired}. */
export function isRetired(path: string): boolean {
  return path.startsWith(`${AUDIO_RELAY}/`);
}

/** `gone`, with a hint at what is there instead. */
export function retired(): VoiceBridgeError {
  return new VoiceBridgeError('gone', 'The bridge carries no sound between a phone and its desktop', {
    hint: `they connect to each other: signal at ${ENDPOINTS.signaling}/{conversation_id}/{peer_id}`,
  });
}
