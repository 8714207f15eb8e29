import type { Clock, Logger } from '@voice-bridge/core';
import type { AnySession } from '../openai/session-settings.ts';
import type { CallEngines } from './call-engines.ts';
import type { TrackOptions } from './track-leg.ts';

/** Decides what is really sent of a call's events. */
export interface OutgoingEvents {
  /** What is sent for one event. */
  events(text: string): readonly string[];
  /** Whether the answer that was just given is given once more. */
  repeatsAnswer(): boolean;
}

/** How a call is made. */
export interface CallOptions {
  /** `rtc_…` or, without a track, the session's own. */
  readonly id: string;
  /** Random letters that make the ids of this call its own. */
  readonly seed: string;
  readonly session: AnySession;
  readonly engines: CallEngines;
  /** The WebRTC connection's; undefined: audio travels in events. */
  readonly track: TrackOptions | undefined;
  /** Default: every event is sent as it is. */
  readonly line?: OutgoingEvents;
  /** Then the session expires, in ms. */
  readonly maxDurationMs: number;
  readonly clock: Clock;
  /** Runs a task after whatever else waits to be done: so that one call's work does not hold up the others. */
  readonly later: (task: () => void) => unknown;
  readonly logger: Logger;
}
