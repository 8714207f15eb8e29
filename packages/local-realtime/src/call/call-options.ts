import type { Clock, Logger } from '@voice-bridge/core';
import type { RealtimeSession } from '@voice-bridge/core/openai';
import type { MediaConnectionFactory, OpusCodec } from '@voice-bridge/media-node';
import type { CallEngines } from './call-engines.ts';

/** How a call is made. */
export interface CallOptions {
  /** `rtc_…`. */
  readonly id: string;
  /** Random letters that make the ids of this call its own. */
  readonly seed: string;
  readonly session: RealtimeSession;
  readonly engines: CallEngines;
  readonly codec: OpusCodec;
  readonly createConnection: MediaConnectionFactory;
  readonly additionalHostAddresses: readonly string[];
  /** Then the session expires, in ms. */
  readonly maxDurationMs: number;
  /** Random 32-bit numbers, for RTP. */
  readonly randomUint32: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}
