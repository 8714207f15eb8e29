import { type Clock, isVoiceBridgeError, type Logger, VoiceBridgeError } from '@voice-bridge/core';
import type { Stop } from './stop.ts';

/** What bounds the dialling of a leg. */
export interface DialBounds {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connectTimeoutMs: number;
  readonly stop: Stop;
  readonly signal: AbortSignal;
  /** Frees what was dialled so far. */
  readonly close: () => Promise<void>;
}

/** Dials until the deadline or the signal stops it; what fails is freed before this rejects, with a code that tells of the model. */
export async function dialLeg(bounds: DialBounds, dial: () => Promise<void>): Promise<void> {
  const { clock, logger, connectTimeoutMs, stop, signal } = bounds;
  const cancelDeadline = clock.after(connectTimeoutMs, () => {
    stop.stop(new VoiceBridgeError('connect_timeout', `The speech model was not ready in ${connectTimeoutMs} ms`));
  });
  const abort = () => stop.stop(new VoiceBridgeError('aborted', 'The call to the speech model was given up'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await dial();
  } catch (error) {
    if (!isVoiceBridgeError(error)) logger.error({ error }, 'Dialling the speech model failed unexpectedly');
    await bounds.close();
    throw describeFailure(error);
  } finally {
    cancelDeadline();
    signal.removeEventListener('abort', abort);
  }
}

/** What a connection says in the words of its two ends means something else to whoever waits for a model. */
export function describeFailure(error: unknown): VoiceBridgeError {
  if (!isVoiceBridgeError(error)) {
    return new VoiceBridgeError('model_unreachable', 'The connection to the speech model broke while it was dialled', {
      cause: error,
    });
  }
  switch (error.code) {
    case 'invalid_offer':
      return new VoiceBridgeError('model_error', 'The speech model answered with SDP that is not usable', {
        cause: error,
      });
    case 'ice_failed':
    case 'dtls_failed':
    case 'connection_lost':
      return new VoiceBridgeError('model_unreachable', 'No media connection to the speech model came up', {
        cause: error,
      });
    default:
      return error;
  }
}
