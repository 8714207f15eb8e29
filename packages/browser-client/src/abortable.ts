import { toVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';

/** What an aborted signal carries, as one of our errors: its reason when that is one, else `aborted`. */
export function abortError(signal: AbortSignal): VoiceBridgeError {
  return toVoiceBridgeError(signal.reason, 'aborted', 'Stopped before it was done');
}

/** Waits for a promise, but not longer than the signal lives: then rejects with {@link abortError}. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    throw abortError(signal);
  }
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(abortError(signal));
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** A failure in our words, whatever was thrown; `aborted` when the signal is. */
export function failureOf(thrown: unknown, signal: AbortSignal): VoiceBridgeError {
  return signal.aborted ? abortError(signal) : toVoiceBridgeError(thrown, 'internal', 'Something unexpected failed');
}

/** The error of a wait that took too long. */
export function timeoutError(what: string, timeoutMs: number): VoiceBridgeError {
  return new VoiceBridgeError('connect_timeout', `${what} did not answer within ${timeoutMs / 1_000} s`, {
    hint: 'Check the network and try again.',
  });
}
