import type { CLOSE_CODES } from '@voice-bridge/core';

/** The name of one of the bridge's close codes. */
export type CloseCodeName = keyof typeof CLOSE_CODES;

/** One message: text, or bytes that may be looked at until the taker returns. */
export type Message = string | Uint8Array;

/** One accepted WebSocket as an endpoint sees it: its queue is bounded, its client is alive. */
export interface MessageConnection {
  /** Bytes that were sent and have not left the process. */
  readonly queuedBytes: number;
  /**
   * Queues a message; false when the connection is closing or closed. One that does not fit into the queue any more closes the
   * connection with `slow_consumer` (1013): who would rather drop looks at `queuedBytes` first.
   */
  send(message: Message): boolean;
  /** {@link send}, resolving when the message has left the process; false when it never will. */
  sent(message: Message): Promise<boolean>;
  /** Every message from now on; none is read from the network before. */
  receive(taker: (message: Message) => void): void;
  /** Ends the connection with this code and a reason of at most 120 bytes; the first call counts. */
  close(code: CloseCodeName, reason?: string): void;
  /** Called once, when the connection is over, whoever ended it; at once when it already is. */
  onClose(listener: () => void): void;
}
