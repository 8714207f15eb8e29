import { browserHost } from '../../browser-host.ts';
import { openBrowserPhoneConnection } from '../shared/browser-phone-connection.ts';
import { openBrowserTextLine } from '../shared/browser-text-line.ts';
import { openBrowserPhoneMixer } from './browser-phone-mixer.ts';
import { drawQr } from './draw-qr.ts';
import type { LinkHost } from './link-host.ts';

const { clock, random, randomBytes, reportError, onPageLeft, onNetworkBack } = browserHost;

/** The desktop's page this script runs in. */
export const browserLinkHost: LinkHost = {
  clock,
  random,
  randomBytes,
  reportError,
  onPageLeft,
  onNetworkBack,
  fetch: (url, init) => fetch(url, init),
  openTextLine: openBrowserTextLine,
  openConnection: openBrowserPhoneConnection,
  openMixer: openBrowserPhoneMixer,
  origin: () => location.origin,
  wallClock: () => Date.now(),
  storage() {
    try {
      return sessionStorage;
    } catch {
      // Switched off in the browser's settings, or a page of a file.
      return null;
    }
  },
  drawQr,
};
