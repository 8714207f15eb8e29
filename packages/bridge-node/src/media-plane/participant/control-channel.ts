import {
  type ClientControlMessage,
  type Clock,
  type Logger,
  parseClientControl,
  type ServerControlMessage,
  TokenBucket,
} from '@voice-bridge/core';
import { encodeControl } from './encode-control.ts';

/** What control messages travel on. */
export interface ControlWay {
  readonly open: boolean;
  /** Bytes it was given and has not sent. */
  readonly bufferedAmount: number;
  send(message: string): void;
  /** Sets the one taker of what comes; binary messages are lent for the call. */
  receive(taker: (message: string | Uint8Array) => void): void;
}

/** What a control channel reports. */
export interface ControlChannelSinks {
  /** The client said something, valid or not. */
  readonly onSign: () => void;
  readonly onMessage: (message: ClientControlMessage) => void;
  /** Sound, where the channel carries some: every binary message, which may be looked at until this returns. */
  readonly onSound?: (bytes: Uint8Array) => void;
  /** The client says too much: more than {@link MESSAGES_PER_SECOND} for longer than a burst. */
  readonly onFlood: () => void;
  /** The client does not read: more than {@link MAX_BUFFERED_BYTES} are waiting for it. */
  readonly onStall: () => void;
}

/** Messages a client may send for as long as it likes. */
export const MESSAGES_PER_SECOND = 20;
/** Messages a client may send at once. */
export const MESSAGE_BURST = 60;
/** Bytes that may wait for a client before it counts as gone. */
export const MAX_BUFFERED_BYTES = 1_048_576;
/** Bytes that may wait while a tool's progress and levels are still shown: the next ones say more anyway. */
export const MAX_PROGRESS_BUFFERED_BYTES = 65_536;

/** What a burst of messages before it may take to a client 200 ms away, whose network starts slowly (RFC 9260 section 7.2.1). */
const FAREWELL_MS = 1_500;
const DRAIN_POLL_MS = 10;

/** The bridge's end of one participant's control channel: bounded both ways, and blind to anything that is not in the protocol. */
export class ControlChannel {
  readonly #channel: ControlWay;
  readonly #sinks: ControlChannelSinks;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #bucket: TokenBucket;

  constructor(channel: ControlWay, sinks: ControlChannelSinks, clock: Clock, logger: Logger) {
    this.#channel = channel;
    this.#sinks = sinks;
    this.#clock = clock;
    this.#logger = logger;
    this.#bucket = new TokenBucket(MESSAGE_BURST, MESSAGES_PER_SECOND, clock.now());
    channel.receive((message) => this.#receive(message));
  }

  /** Sends one message, cut to what a channel takes. */
  send(message: ServerControlMessage): void {
    if (this.#channel.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#sinks.onStall();
      return;
    }
    if (isPassing(message) && this.#channel.bufferedAmount > MAX_PROGRESS_BUFFERED_BYTES) return;
    const text = encodeControl(message);
    if (text === undefined) {
      this.#logger.warn({ type: message.type }, 'A control message was too large to send');
      return;
    }
    this.#channel.send(text);
  }

  /** Sends the last message and waits until it is on its way, at most 1.5 s. */
  async farewell(message: ServerControlMessage): Promise<void> {
    this.send(message);
    const deadline = this.#clock.now() + FAREWELL_MS;
    while (this.#channel.open && this.#channel.bufferedAmount > 0 && this.#clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        this.#clock.after(DRAIN_POLL_MS, resolve);
      });
    }
  }

  #receive(message: string | Uint8Array): void {
    if (typeof message !== 'string' && this.#sinks.onSound !== undefined) {
      this.#sinks.onSound(message);
      return;
    }
    if (!this.#bucket.take(this.#clock.now())) {
      this.#sinks.onFlood();
      return;
    }
    this.#sinks.onSign();
    if (typeof message !== 'string') {
      this.#refuse('Control messages are text');
      return;
    }
    const parsed = parseClientControl(message);
    if (parsed.ok) this.#sinks.onMessage(parsed.value);
    else this.#refuse(parsed.problem);
  }

  #refuse(problem: string): void {
    this.send({ type: 'error', code: 'invalid_message', message: problem });
  }
}

function isPassing(message: ServerControlMessage): boolean {
  if (message.type === 'levels') return true;
  return (
    message.type === 'tool_call' && message.tool_call.state === 'running' && message.tool_call.progress !== undefined
  );
}
