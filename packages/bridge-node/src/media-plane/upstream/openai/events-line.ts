import type { EventSource, WebSocketStats } from '@voice-bridge/core';

/** Carries events to and from a Realtime server, one JSON text each: the `oai-events` data channel, or a WebSocket. */
export interface EventsLine extends EventSource<{ close: [] }> {
  /** Bytes queued and not yet sent. */
  readonly bufferedAmount: number;
  /** Sends now; false when the line is closed. */
  send(text: string): boolean;
  /** Sets the one taker of what comes; messages that came earlier are handed over first. */
  receive(taker: (message: string | Uint8Array) => void): void;
  /** Ends the line in order, and at once when it is `broken`. */
  close(how?: 'broken'): void;
}

/** What went over a line, and how long the way is. */
export type EventsLineStats = Omit<
  WebSocketStats,
  'id' | 'type' | 'framesSent' | 'framesWaiting' | 'framesDropped' | 'playoutDelay'
>;

/** A line of its own, which knows how it is. */
export interface DialledEventsLine extends EventsLine {
  stats(): EventsLineStats;
}

/** Where a line of events leads. */
export interface EventsLineTarget {
  /** `ws:` or `wss:`. */
  readonly url: string;
  readonly authorization: string;
  /** Largest message taken, in bytes; the line ends with a larger one. */
  readonly maxMessageBytes: number;
}

/** Why there is no line: the server refused before there was one, or could not be reached. */
export class LineRefusal {
  /** The HTTP status; undefined when nothing answered. */
  readonly status: number | undefined;
  /** The answer's body, cut; never shown as it is. */
  readonly body: string;
  /** The system's word for it, such as `ECONNREFUSED`. */
  readonly systemCode: string | undefined;

  constructor(status: number | undefined, body: string, systemCode?: string) {
    this.status = status;
    this.body = body;
    this.systemCode = systemCode;
  }
}

/** Opens a line. Rejects with a {@link LineRefusal}; the signal gives it up. */
export type DialEventsLine = (target: EventsLineTarget, signal: AbortSignal) => Promise<DialledEventsLine>;
