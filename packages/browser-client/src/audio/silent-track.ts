import type { BrowserAudioContext } from './browser-audio-context.ts';

/** A track of silence for as long as the context runs, whose destination never falls idle: its constant source is what keeps Chromium from growing its delay. */
export function openSilentTrack(context: BrowserAudioContext): MediaStreamTrack {
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const constant = new ConstantSourceNode(context, { offset: 0 });
  constant.connect(destination);
  constant.start();
  const track = destination.stream.getAudioTracks()[0];
  if (track === undefined) throw new TypeError('A media stream destination has an audio track');
  return track;
}
