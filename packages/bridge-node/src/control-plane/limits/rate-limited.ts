import { VoiceBridgeError } from '@voice-bridge/core';

/** `rate_limited`, by somebody who knows when trying again can help. */
export class RateLimited extends VoiceBridgeError {
  /** Whole seconds, one at least: the `Retry-After` header (RFC 9110 section 10.2.3). */
  readonly retryAfterSeconds: number;

  constructor(message: string, waitMs: number) {
    super('rate_limited', message);
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  }
}
