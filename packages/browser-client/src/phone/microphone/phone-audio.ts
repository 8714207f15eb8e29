import type { AudioGraph } from '../../audio/audio-graph.ts';

/** Whether the phone's sound runs: not before the page was touched (`blocked`), or not now, as another app or a call has it (`interrupted`). */
export type PhoneAudioState = 'running' | 'blocked' | 'interrupted';

/** The phone's sound: plays the desktop, measures, and makes the silence sent without a microphone. */
export interface PhoneAudio extends AudioGraph {
  readonly state: PhoneAudioState;
  /** Plays this stream from now on, instead of any other; null: nothing. */
  play(stream: MediaStream | null): void;
  setMuted(muted: boolean): void;
  /** A factor from 0 to 1. */
  setVolume(volume: number): void;
  /** Levels are 0, and cost nothing, while nobody looks. */
  setMetering(metering: boolean): void;
  /** Starts the sound (again), inside a click or key press. Never rejects. */
  resume(): Promise<void>;
}

/** Makes it, inside a click or key press. `onStateChanged` tells of every change. */
export type PhoneAudioFactory = (onStateChanged: (state: PhoneAudioState) => void) => PhoneAudio;
