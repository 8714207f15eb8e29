import type { EventSource } from '@voice-bridge/core';

/** Why a channel ends: the session lasted as long as it may, or the connection breaks. */
export type ChannelEnd = 'expired' | 'broken';

/** Carries events both ways, one JSON text each: the `oai-events` data channel of a call, or a WebSocket. */
export interface EventsChannel extends EventSource<{ close: [] }> {
  /** Bytes queued and not yet sent. */
  readonly bufferedAmount: number;
  /** Sends now; false when the channel is closed. */
  send(text: string): boolean;
  /** Sets the one taker of what the client sends; messages that came earlier are handed over first. */
  receive(taker: (message: string | Uint8Array) => void): void;
  /** Stops (true) or goes on with taking what the client sends, where the transport can; a little may still come. */
  hold?(held: boolean): void;
  /** Ends the channel: after what is queued, or at once and without a word when it is `broken`. */
  close(reason?: ChannelEnd): void;
}
