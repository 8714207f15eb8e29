import { browserHost } from '../../browser-host.ts';
import { openBrowserPhoneConnection } from '../shared/browser-phone-connection.ts';
import { openBrowserTextLine } from '../shared/browser-text-line.ts';
import { openBrowserPhoneAudio } from './browser-phone-audio.ts';
import { browserPhonePage } from './browser-phone-page.ts';
import type { PhoneHost } from './phone-host.ts';

/** The phone this script runs on. */
export const browserPhoneHost: PhoneHost = {
  ...browserHost,
  fetch: (url, init) => fetch(url, init),
  openTextLine: openBrowserTextLine,
  openConnection: openBrowserPhoneConnection,
  openAudio: openBrowserPhoneAudio,
  page: browserPhonePage,
  storage() {
    try {
      return sessionStorage;
    } catch {
      // Switched off in the browser's settings, or a page of a file.
      return null;
    }
  },
};
