import { type ErrorCode, VoiceBridgeError } from '@voice-bridge/core';
import type { Microphone } from './microphone.ts';

/** The microphones of this browser (W3C Media Capture and Streams). */
export const browserMicrophone: Microphone = {
  async open(deviceId, processing, onEnded) {
    if (!isSecureContext) throw microphoneError('insecure_context');
    if (navigator.mediaDevices === undefined) throw microphoneError('microphone_failed');
    const constraints = {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: 1,
      ...processing,
      ...(deviceId === null ? {} : { deviceId: { exact: deviceId } }),
    };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints }).catch((thrown: unknown) => {
      throw microphoneError(reasonOf(thrown), thrown);
    });
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw microphoneError('microphone_not_found');
    track.addEventListener('ended', onEnded);
    return {
      track,
      stream,
      stop() {
        track.removeEventListener('ended', onEnded);
        for (const each of stream.getTracks()) each.stop();
      },
    };
  },

  onDevicesChanged(listener) {
    // Absent outside secure contexts, whatever the type says.
    const devices: MediaDevices | undefined = navigator.mediaDevices;
    devices?.addEventListener('devicechange', listener);
    return () => devices?.removeEventListener('devicechange', listener);
  },
};

const REASONS: Readonly<Record<string, ErrorCode>> = {
  NotAllowedError: 'microphone_denied',
  SecurityError: 'microphone_denied',
  NotFoundError: 'microphone_not_found',
  OverconstrainedError: 'microphone_not_found',
  NotReadableError: 'microphone_in_use',
};

const TEXTS: Partial<Record<ErrorCode, readonly [message: string, hint: string]>> = {
  microphone_denied: ['The microphone is not allowed for this page', "Allow it in the browser's address bar."],
  microphone_not_found: ['No such microphone was found', 'Plug one in or choose another.'],
  microphone_in_use: ['The microphone is in use', 'Close the other program that uses it.'],
  insecure_context: ['Microphones work on https and localhost only', 'Open the page over https.'],
};

function reasonOf(thrown: unknown): ErrorCode {
  // Not `instanceof Error`: browsers disagree on what OverconstrainedError inherits from.
  const named = typeof thrown === 'object' && thrown !== null && 'name' in thrown;
  return (named ? REASONS[String(thrown.name)] : undefined) ?? 'microphone_failed';
}

function microphoneError(code: ErrorCode, cause?: unknown): VoiceBridgeError {
  const [message, hint] = TEXTS[code] ?? ['The microphone could not be opened', 'Try another one or another browser.'];
  return new VoiceBridgeError(code, message, { hint, cause });
}
