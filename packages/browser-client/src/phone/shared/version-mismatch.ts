import { type DesktopMessage, PHONE_CHANNEL_VERSION, type PhoneMessage, VoiceBridgeError } from '@voice-bridge/core';

/** Why the ends of a data channel cannot talk: the other one says that it is newer, or that this one is. Null: it said nothing of the kind. */
export function versionMismatch(message: DesktopMessage | PhoneMessage): VoiceBridgeError | null {
  const isNewer = message.type === 'hello' && message.protocol_version > PHONE_CHANNEL_VERSION;
  return isNewer || (message.type === 'bye' && message.reason === 'protocol_mismatch') ? MISMATCH : null;
}

const MISMATCH = new VoiceBridgeError('protocol_mismatch', 'Phone and desktop have different versions of the page', {
  hint: 'Load both pages again.',
});
