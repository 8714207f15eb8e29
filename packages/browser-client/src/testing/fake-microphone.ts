import { type ErrorCode, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import type { Microphone, MicrophoneProcessing, OpenMicrophone } from '../audio/microphone.ts';
import { FakeStream, FakeTrack } from './fake-media.ts';

/** Microphones that are plugged in, refused and taken away by a test. */
export class FakeMicrophone implements Microphone {
  /** Why the next openings fail; null: they work. */
  refusal: ErrorCode | null = null;
  /** Set to keep openings waiting, as a permission prompt does; {@link answer} lets them go on. */
  prompts = false;
  /** Every opening that was asked for: the device and how to clean its sound. */
  readonly asked: { readonly deviceId: string | null; readonly processing: MicrophoneProcessing }[] = [];
  /** Tracks that were opened, in order. */
  readonly tracks: FakeTrack[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #waiting: (() => void)[] = [];
  readonly #ended = new Map<FakeTrack, () => void>();

  async open(deviceId: string | null, processing: MicrophoneProcessing, onEnded: () => void): Promise<OpenMicrophone> {
    this.asked.push({ deviceId, processing });
    if (this.prompts) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.refusal !== null) throw new VoiceBridgeError(this.refusal, `The fake microphone says ${this.refusal}`);
    const track = new FakeTrack(`microphone-${this.tracks.length + 1}`);
    this.tracks.push(track);
    this.#ended.set(track, onEnded);
    return {
      track,
      stream: new FakeStream(track),
      stop: () => {
        this.#ended.delete(track);
        track.stop();
      },
    };
  }

  onDevicesChanged(listener: () => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listeners for plugged devices that were not taken off. */
  get watchers(): number {
    return this.#listeners.size;
  }

  /** Answers every waiting prompt. */
  answer(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Pulls the plug of the microphone opened last. */
  unplug(): void {
    const track = this.tracks.at(-1);
    if (track === undefined) return;
    track.readyState = 'ended';
    this.#ended.get(track)?.();
  }

  /** Tells that devices were plugged in or out. */
  changeDevices(): void {
    for (const listener of this.#listeners) listener();
  }
}
