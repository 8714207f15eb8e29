/**
 * What can be in the way at a phone, worst first:
 *
 * - `insecure_context`: the page came over plain http; browsers give no microphone to such a page
 * - `webrtc_unsupported`: the browser cannot connect at all
 * - `microphone_denied`: the user or the browser refused the microphone
 * - `microphone_not_found`, `microphone_in_use`, `microphone_failed`: there is none, another app has it, or it broke
 * - `microphone_interrupted`: the system keeps the microphone silent, as during a call
 * - `audio_blocked`: the browser plays nothing before the page is touched
 * - `audio_interrupted`: the system stopped the page's sound, as during a call or when another app plays
 * - `offline`: the phone has no network
 * - `desktop_away`: the desktop is not there, or has not accepted this phone yet
 * - `session_away`: the desktop is there, and its session is not: it was ended, it failed, or it is being made again
 * - `page_hidden`: the page is not seen; some systems stop such a page's microphone
 * - `page_frozen`: the system stopped the page while the screen was locked; sound is on its way back
 * - `devices_changed`: a headset came or went; the microphone that is heard may be the wrong one
 * - `screen_may_lock`: the screen cannot be kept on
 */
export type PhoneTroubleCode = (typeof TROUBLES)[number][0];

/** One thing that is in the way, for people. */
export interface PhoneTrouble {
  readonly code: PhoneTroubleCode;
  /** What is wrong and what to do about it: one sentence, in English. */
  readonly message: string;
  /** Whether `resume()` in a tap may cure it. */
  readonly resumable: boolean;
}

/** Worst first: the code, whether a tap may cure it, and the sentence. */
const TROUBLES = [
  [
    'insecure_context',
    false,
    'This page came over http, and browsers allow a microphone on https only: open the https address.',
  ],
  [
    'webrtc_unsupported',
    false,
    'This browser cannot connect to the desktop: use a current Chrome, Edge, Firefox or Safari.',
  ],
  [
    'microphone_denied',
    true,
    "The microphone is not allowed: allow it in the browser's site settings, then tap to try again.",
  ],
  ['microphone_not_found', true, 'No microphone was found: connect one, then tap to try again.'],
  ['microphone_in_use', true, 'Another app uses the microphone: close it, then tap to try again.'],
  ['microphone_failed', true, 'The microphone stopped working: tap to try again.'],
  [
    'microphone_interrupted',
    true,
    'The phone keeps the microphone silent, as during a call: end the call, then tap to talk on.',
  ],
  ['audio_blocked', true, 'The browser plays no sound yet: tap anywhere to start it.'],
  ['audio_interrupted', true, 'The phone stopped the sound, as during a call: tap to hear it again.'],
  ['offline', false, 'The phone has no network: check Wi-Fi; it connects again by itself.'],
  [
    'desktop_away',
    false,
    'The desktop is not there yet: open the conversation on it, and accept this phone if it asks.',
  ],
  [
    'session_away',
    false,
    'The session on the desktop is not running, so the assistant does not hear you: start it there if it does not come back by itself.',
  ],
  [
    'page_hidden',
    false,
    'The page is in the background: keep it open and the screen on, or the phone may stop the microphone.',
  ],
  ['page_frozen', true, 'The phone stopped this page while it was locked: it connects again; tap if nothing is heard.'],
  ['devices_changed', true, 'A headset came or went: tap to use the microphone that the phone prefers now.'],
  ['screen_may_lock', false, 'The screen cannot be kept on: touch it now and then, so that the phone does not lock.'],
] as const satisfies readonly (readonly [code: string, resumable: boolean, message: string])[];

/** The worst of what is in the way; null when nothing is. */
export function worstTrouble(codes: ReadonlySet<PhoneTroubleCode>): PhoneTrouble | null {
  const worst = TROUBLES.find(([code]) => codes.has(code));
  if (worst === undefined) return null;
  const [code, resumable, message] = worst;
  return { code, message, resumable };
}
