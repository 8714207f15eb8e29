import type { Clock, Unsubscribe } from '@voice-bridge/core';
import type { AudioGraphFactory } from './audio/audio-graph.ts';
import type { Microphone } from './audio/microphone.ts';
import type { SpeakerFactory } from './audio/speaker.ts';
import type { Fetch } from './bridge/bridge-http.ts';
import type { RtcConnectionFactory } from './rtc/rtc-connection.ts';

/** Everything a client needs of the page it runs in. Nothing is touched before the client's first `connect()`. */
export interface ClientHost {
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly microphone: Microphone;
  readonly openRtc: RtcConnectionFactory;
  readonly openAudioGraph: AudioGraphFactory;
  readonly openSpeaker: SpeakerFactory;
  /** A number from 0 to below 1. */
  random(): number;
  /** Unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
  /** Shows a mistake of a listener as the page shows any uncaught error. */
  reportError(error: unknown): void;
  /** Runs `listener` when the page is being left. */
  onPageLeft(listener: () => void): Unsubscribe;
  /** Runs `listener` when the network came back. */
  onNetworkBack(listener: () => void): Unsubscribe;
  /** Runs `listener` before every repaint. */
  onFrame(listener: () => void): Unsubscribe;
}
