import type { BrowserAudioContext } from './browser-audio-context.ts';
import { openDestination } from './destination.ts';

/** A track of silence for as long as the context runs. */
export function openSilentTrack(context: BrowserAudioContext): MediaStreamTrack {
  return openDestination(context).track;
}
