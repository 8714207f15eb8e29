import type { Unsubscribe } from '@voice-bridge/core';

/** How the microphone is opened. All default to true. */
export interface MicrophoneProcessing {
  readonly echoCancellation?: boolean;
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

/** An open microphone. */
export interface OpenMicrophone {
  readonly track: MediaStreamTrack;
  readonly stream: MediaStream;
  /** Stops the device; idempotent. `onEnded` is not called for it. */
  stop(): void;
}

/** Microphones of this machine. */
export interface Microphone {
  /**
   * Opens one (null: the default), asking the user where needed. `onEnded` runs when the device goes away.
   * Rejects with one of the codes of `MicrophoneReason`.
   */
  open(deviceId: string | null, processing: MicrophoneProcessing, onEnded: () => void): Promise<OpenMicrophone>;
  /** Runs `listener` when devices were plugged in or out. */
  onDevicesChanged(listener: () => void): Unsubscribe;
}
