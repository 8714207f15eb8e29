import type { VoiceBridgeError } from '@voice-bridge/core';

/** What went wrong, and what to do about it when the error knows. */
export function describeError({ message, hint }: VoiceBridgeError): string {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return hint === undefined ? sentence : `${sentence} ${hint}`;
}
