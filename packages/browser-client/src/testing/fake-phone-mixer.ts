import type { PhoneId } from '@voice-bridge/core';
import type { MixSource } from '../phone/link/desktop-end.ts';
import type { PhoneMixer } from '../phone/link/phone-mixer.ts';
import { FakeTrack } from './fake-media.ts';

/** A mix that remembers what it is made of. It runs from {@link FakePhoneMixer.run} on. */
export class FakePhoneMixer implements PhoneMixer {
  readonly track = new FakeTrack('mix');
  microphone: MediaStream | null = null;
  assistant: MediaStream | null = null;
  /** The phones in the mix, and the label of what is heard of each. */
  readonly phones = new Map<PhoneId, string | null>();
  readonly gains = new Map<MixSource, number>();
  readonly levels = new Map<MixSource, number>();
  microphoneToPhones = false;
  closed = false;
  readonly #onRunning: (running: boolean) => void;

  constructor(onRunning: (running: boolean) => void) {
    this.#onRunning = onRunning;
  }

  /** The browser lets it run, or stops it. */
  run(running = true): void {
    this.#onRunning(running);
  }

  setMicrophone(stream: MediaStream | null): void {
    this.microphone = stream;
  }

  setAssistant(stream: MediaStream | null): void {
    this.assistant = stream;
  }

  trackFor(peerId: PhoneId): MediaStreamTrack {
    this.phones.set(peerId, null);
    return new FakeTrack(`for ${peerId}`);
  }

  setPhone(peerId: PhoneId, stream: MediaStream | null): void {
    this.phones.set(peerId, stream?.getAudioTracks()[0]?.label ?? null);
  }

  removePhone(peerId: PhoneId): void {
    this.phones.delete(peerId);
    this.gains.delete(peerId);
  }

  setGain(source: MixSource, gain: number): void {
    this.gains.set(source, gain);
  }

  setMicrophoneToPhones(on: boolean): void {
    this.microphoneToPhones = on;
  }

  level(source: MixSource): number {
    return this.levels.get(source) ?? 0;
  }

  close(): void {
    this.closed = true;
  }
}
