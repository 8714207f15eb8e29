import type { Clock } from '@voice-bridge/core';
import { openBrowserAudioGraph } from './audio/browser-audio-graph.ts';
import { browserMicrophone } from './audio/browser-microphone.ts';
import { openBrowserSpeaker } from './audio/browser-speaker.ts';
import type { ClientHost } from './client-host.ts';
import { openBrowserRtcConnection } from './rtc/browser-rtc-connection.ts';

const browserClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The page this script runs in. */
export const browserHost: ClientHost = {
  clock: browserClock,
  fetch: (url, init) => fetch(url, init),
  microphone: browserMicrophone,
  openRtc: openBrowserRtcConnection,
  openAudioGraph: openBrowserAudioGraph,
  openSpeaker: openBrowserSpeaker,
  random: () => Math.random(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  reportError: (error) => reportError(error),
  onPageLeft(listener) {
    addEventListener('pagehide', listener);
    return () => removeEventListener('pagehide', listener);
  },
  onNetworkBack(listener) {
    addEventListener('online', listener);
    return () => removeEventListener('online', listener);
  },
  onFrame(listener) {
    let frame = requestAnimationFrame(function next() {
      frame = requestAnimationFrame(next);
      listener();
    });
    return () => cancelAnimationFrame(frame);
  },
};
