import { VoiceBridgeError } from '@voice-bridge/core';
import { onGesture } from './next-gesture.ts';
import type { Speaker } from './speaker.ts';

/** Plays through media elements added to the page. */
export function openBrowserSpeaker(onBlocked: (error: VoiceBridgeError) => void): Speaker {
  return new BrowserSpeaker(onBlocked);
}

class BrowserSpeaker implements Speaker {
  readonly #heard = addElement('speaker');
  // Chromium feeds a remote stream into an AudioContext only while some element plays it, and this one is never paused or muted away.
  readonly #monitor = addElement('monitor');
  readonly #onBlocked: (error: VoiceBridgeError) => void;
  #stopWaiting: (() => void) | null = null;

  constructor(onBlocked: (error: VoiceBridgeError) => void) {
    this.#onBlocked = onBlocked;
    this.#monitor.muted = true;
    // Playing something inside the gesture is what unlocks an element in Safari.
    this.play(new MediaStream());
  }

  play(stream: MediaStream): void {
    for (const element of [this.#heard, this.#monitor]) {
      element.srcObject = stream;
      element.play().catch((error: unknown) => this.#refused(element, error));
    }
  }

  setMuted(muted: boolean): void {
    this.#heard.muted = muted;
  }

  setVolume(volume: number): void {
    this.#heard.volume = volume;
  }

  async setDevice(deviceId: string | null): Promise<void> {
    if (typeof this.#heard.setSinkId !== 'function') {
      throw new VoiceBridgeError('output_unavailable', 'This browser cannot choose where sound is played');
    }
    try {
      await this.#heard.setSinkId(deviceId ?? '');
    } catch (cause) {
      throw new VoiceBridgeError('output_unavailable', 'That output cannot be used', { cause });
    }
  }

  close(): void {
    this.#stopWaiting?.();
    for (const element of [this.#heard, this.#monitor]) {
      element.pause();
      element.srcObject = null;
      element.remove();
    }
  }

  #refused(element: HTMLAudioElement, error: unknown): void {
    // A newer stream or close() ends a play() with AbortError: nothing is wrong then.
    if (!(error instanceof Error) || error.name !== 'NotAllowedError' || !element.isConnected) return;
    if (this.#stopWaiting !== null) return;
    this.#stopWaiting = onGesture(() => this.#playAgain());
    this.#onBlocked(
      new VoiceBridgeError('audio_blocked', 'The browser does not let the page play sound yet', {
        hint: 'Any click or key press starts it.',
        cause: error,
      }),
    );
  }

  #playAgain(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    for (const element of [this.#heard, this.#monitor]) {
      element.play().catch((error: unknown) => this.#refused(element, error));
    }
  }
}

function addElement(role: string): HTMLAudioElement {
  const element = document.createElement('audio');
  element.dataset.voiceBridge = role;
  element.autoplay = true;
  element.hidden = true;
  element.setAttribute('playsinline', '');
  document.body.append(element);
  return element;
}
