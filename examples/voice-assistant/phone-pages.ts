import { existsSync } from 'node:fs';

/** Where the built pages of `examples/phone-microphone` are; `npm start` builds them, too. */
export const phoneFolder = new URL('../phone-microphone/dist/', import.meta.url);

/** The paths those pages are at: the desktop's for a conversation, or for a remembered one, and the phone's. */
export const phoneRoutes = /^\/(voice\/[^/]+|voice-webrtc|mobile-voice)$/;

/** Whether they are built. */
export function hasPhonePages(): boolean {
  return existsSync(new URL('index.html', phoneFolder));
}
