import type { VoiceBridgeError } from '@voice-bridge/core';

/** Where the assistant is heard. */
export interface Speaker {
  /** Plays this stream from now on. */
  play(stream: MediaStream): void;
  setMuted(muted: boolean): void;
  /** How loud it plays, a factor from 0 to 1. */
  setVolume(volume: number): void;
  /** Plays on another device (null: the default). Rejects with `output_unavailable`. */
  setDevice(deviceId: string | null): Promise<void>;
  /** Stops and removes what it put into the page; idempotent. */
  close(): void;
}

/**
 * Makes a speaker. Called inside a click or key press, so that the browser lets it play.
 * `onBlocked` runs when the browser refused all the same (`audio_blocked`); the next gesture then starts the sound.
 */
export type SpeakerFactory = (onBlocked: (error: VoiceBridgeError) => void) => Speaker;
