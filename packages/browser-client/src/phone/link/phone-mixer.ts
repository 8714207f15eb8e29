import type { PhoneId } from '@voice-bridge/core';
import type { InputMix } from '../../audio/input-mix.ts';
import type { MixSource } from './desktop-end.ts';

/**
 * The desktop's mix: its microphone and its phones, each with a gain, go to the bridge; to each phone go the assistant, the other
 * phones as loud as in the mix, and by option the desktop's microphone, never its own voice.
 */
export interface PhoneMixer extends InputMix {
  /** What a phone hears: always the same track for as long as the phone is in the mix. */
  trackFor(peerId: PhoneId): MediaStreamTrack;
  /** A phone's sound from now on; null: there is none. */
  setPhone(peerId: PhoneId, stream: MediaStream | null): void;
  /** Takes a phone out of the mix, and ends what it hears. */
  removePhone(peerId: PhoneId): void;
  /** Factor on a source's sound in the mix, 0 to 4; 1 at first. Reached within 20 ms. */
  setGain(source: MixSource, gain: number): void;
  /** Whether phones hear the desktop's microphone; false at first. */
  setMicrophoneToPhones(on: boolean): void;
  /** Root mean square of a source now, before its gain, 0 to 1. */
  level(source: MixSource): number;
  /** Frees the mix; idempotent. */
  close(): void;
}

/**
 * Makes a mix. Called inside a click or key press, so that the browser lets it run. `onRunning` is called when it does, and
 * whenever that changes: while it does not run it sends nothing.
 */
export type PhoneMixerFactory = (onRunning: (running: boolean) => void) => PhoneMixer;
