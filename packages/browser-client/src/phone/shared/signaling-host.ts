import type { Clock, Unsubscribe } from '@voice-bridge/core';
import type { PhoneConnectionFactory } from './phone-connection.ts';

/** The part of `fetch` that signaling uses. */
export type StreamFetch = (
  url: string,
  init: RequestInit,
) => Promise<Pick<Response, 'ok' | 'status' | 'text' | 'body'>>;

/** What a {@link TextLine} tells. Nothing after `onClosed` and after `close()`. */
export interface TextLineSinks {
  onOpen(): void;
  onText(text: string): void;
  /** It is over, or never came up; `code` as the other end gave it (RFC 6455 section 7.4). */
  onClosed(code: number): void;
}

/** A WebSocket of text messages. */
export interface TextLine {
  /** Sends text; lost while it is not open. */
  send(text: string): void;
  /** Ends it; idempotent. */
  close(): void;
}

/** Opens a WebSocket to the address of an HTTP path. Throws where that is impossible. */
export type TextLineFactory = (url: string, protocols: readonly string[], sinks: TextLineSinks) => TextLine;

/** Everything a phone link, at either end, needs of the page it runs in. */
export interface SignalingHost {
  readonly clock: Clock;
  readonly fetch: StreamFetch;
  readonly openTextLine: TextLineFactory;
  readonly openConnection: PhoneConnectionFactory;
  /** A number from 0 to below 1. */
  random(): number;
  /** Unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
  /** Shows a mistake of a listener as the page shows any uncaught error. */
  reportError(error: unknown): void;
  /** Runs `listener` when the page is being left. */
  onPageLeft(listener: () => void): Unsubscribe;
  /** Runs `listener` when the network came back. */
  onNetworkBack(listener: () => void): Unsubscribe;
}
