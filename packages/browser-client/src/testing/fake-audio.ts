import { VoiceBridgeError } from '@voice-bridge/core';
import type { AudioGraph } from '../audio/audio-graph.ts';
import type { Speaker } from '../audio/speaker.ts';
import { FakeTrack } from './fake-media.ts';

/** An audio graph that measures what a test says. */
export class FakeAudioGraph implements AudioGraph {
  readonly silence = new FakeTrack('silence');
  input: MediaStream | null = null;
  output: MediaStream | null = null;
  levels = { input: 0, output: 0 };
  closed = false;

  silentTrack(): MediaStreamTrack {
    return this.silence;
  }

  watchInput(stream: MediaStream | null): void {
    this.input = stream;
  }

  watchOutput(stream: MediaStream | null): void {
    this.output = stream;
  }

  inputLevel(): number {
    return this.levels.input;
  }

  outputLevel(): number {
    return this.levels.output;
  }

  close(): void {
    this.closed = true;
  }
}

/** A speaker that remembers what it was told. */
export class FakeSpeaker implements Speaker {
  playing: MediaStream | null = null;
  muted = false;
  volume = 1;
  device: string | null = null;
  closed = false;
  /** Devices that exist besides the default. */
  readonly devices = new Set(['headphones']);
  readonly #onBlocked: (error: VoiceBridgeError) => void;

  constructor(onBlocked: (error: VoiceBridgeError) => void) {
    this.#onBlocked = onBlocked;
  }

  play(stream: MediaStream): void {
    this.playing = stream;
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }

  setVolume(volume: number): void {
    this.volume = volume;
  }

  async setDevice(deviceId: string | null): Promise<void> {
    if (deviceId !== null && !this.devices.has(deviceId)) {
      throw new VoiceBridgeError('output_unavailable', 'The fake speaker has no such device');
    }
    this.device = deviceId;
  }

  close(): void {
    this.closed = true;
  }

  /** Refuses to play, as a browser does without a gesture. */
  block(): void {
    this.#onBlocked(new VoiceBridgeError('audio_blocked', 'The fake speaker was refused'));
  }
}
