import type { BrowserAudioContext } from './browser-audio-context.ts';

/** A destination that never falls idle: its constant source is what keeps Chromium from growing its delay. */
export function openDestination(context: BrowserAudioContext): MediaStreamAudioDestinationNode {
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const constant = new ConstantSourceNode(context, { offset: 0 });
  constant.connect(destination);
  constant.start();
  return destination;
}

/** What arrives at a destination. */
export function trackOf(destination: MediaStreamAudioDestinationNode): MediaStreamTrack {
  const track = destination.stream.getAudioTracks()[0];
  if (track === undefined) throw new TypeError('A media stream destination has an audio track');
  return track;
}
