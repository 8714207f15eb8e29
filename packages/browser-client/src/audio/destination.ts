import type { BrowserAudioContext } from './browser-audio-context.ts';

/** Where sound of a graph goes to become a track. */
export interface Destination {
  readonly node: AudioNode;
  /** What arrives. */
  readonly track: MediaStreamTrack;
  /** Ends the track and lets the node go; final. */
  close(): void;
}

/** A destination that never falls idle: its constant source is what keeps Chromium from growing its delay. */
export function openDestination(context: BrowserAudioContext): Destination {
  const node = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const constant = new ConstantSourceNode(context, { offset: 0 });
  constant.connect(node);
  constant.start();
  const track = node.stream.getAudioTracks()[0];
  if (track === undefined) throw new TypeError('A media stream destination has an audio track');
  const close = () => {
    constant.stop();
    constant.disconnect();
    track.stop();
  };
  return { node, track, close };
}
