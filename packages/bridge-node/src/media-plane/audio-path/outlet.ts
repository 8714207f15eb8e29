import type { OutboundAudio } from '@voice-bridge/media-node';

/** Where what a participant hears goes. */
export type Outlet =
  | { readonly format: 'opus'; readonly send: (packet: OutboundAudio) => void }
  /** Frames of 20 ms, 24 kHz mono (480 samples), paced; each is the taker's own. */
  | { readonly format: 'pcm'; readonly send: (frame: Int16Array) => void };
