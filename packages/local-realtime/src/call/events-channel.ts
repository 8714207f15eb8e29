import type { EventSource } from '@voice-bridge/core';

/** Carries events both ways, one JSON text each: the `oai-events` data channel of a call, or a WebSocket. */
export interface EventsChannel extends EventSource<{ close: [] }> {
  /** Bytes queued and not yet sent. */
  readonly bufferedAmount: number;
  /** Sends now; false when the channel is closed. */
  send(text: string): boolean;
  /** Sets the one taker of what the client sends; messages that came earlier are handed over first. */
  receive(taker: (message: string | Uint8Array) => void): void;
  /** Ends the channel, after what is queued; `expired`: because the session lasted as long as it may. */
  close(reason?: 'expired'): void;
}
