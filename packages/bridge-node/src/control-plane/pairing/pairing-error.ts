import { type PairingRefusal, VoiceBridgeError } from '@voice-bridge/core';

const NEW_CODE = 'Ask the desktop for a new code.';
const WORDS: Readonly<Record<PairingRefusal, readonly [message: string, hint?: string]>> = {
  pairing_unknown: ['There is no such code', 'Read it again, or scan it anew.'],
  pairing_expired: ['This code is too old', NEW_CODE],
  pairing_used: ['This code was used', NEW_CODE],
  pairing_locked: ['There were too many wrong tries', 'Wait two minutes, then ask the desktop for a new code.'],
  too_many_participants: ['The conversation has as many phones as it may'],
  rate_limited: ['There are as many codes and phones as there may be'],
  unauthorized: ['This phone is not known, or not any more', NEW_CODE],
  not_found: ['There is no such phone'],
};

/** Why something about a phone is not done, in words that tell nothing of the secret that was tried. */
export function pairingError(code: PairingRefusal): VoiceBridgeError {
  const [message, hint] = WORDS[code];
  return new VoiceBridgeError(code, message, hint === undefined ? {} : { hint });
}

/** Why somebody is not the peer that a phone was paired, or invited, as, or that somebody else is. */
export function peerIdTaken(): VoiceBridgeError {
  return new VoiceBridgeError(
    'forbidden',
    'This peer_id belongs to another phone, which was paired, invited, or is there',
    {
      hint: 'Signal as another one, or remove that phone first.',
    },
  );
}
