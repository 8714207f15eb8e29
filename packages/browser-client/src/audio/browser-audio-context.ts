/** This browser's own audio engine (W3C Web Audio). */
export type BrowserAudioContext = AudioContext;

/** Starts one, at the least delay the device has. Outside a click or key press it may be suspended. */
export function openBrowserAudioContext(): BrowserAudioContext {
  return new AudioContext({ latencyHint: 'interactive' });
}
