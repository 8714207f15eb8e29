import type { Logger } from '@voice-bridge/core';
import {
  type ClientEvent,
  encodeClientEvent,
  type OtherServerEvent,
  parseServerEvent,
  type ServerEvent,
} from '@voice-bridge/core/openai';
import { MAX_CHANNEL_MESSAGE_BYTES, type MediaChannel } from '@voice-bridge/media-node';

/** Bytes that may wait for the server before it counts as gone. */
export const MAX_BUFFERED_BYTES = 4_194_304;

type AnyServerEvent = ServerEvent | OtherServerEvent;

/** The `oai-events` channel: typed events both ways, every one numbered, the size limit kept. */
export class EventsChannel {
  readonly #channel: MediaChannel;
  readonly #logger: Logger;
  #sent = 0;

  constructor(channel: MediaChannel, logger: Logger) {
    this.#channel = channel;
    this.#logger = logger;
  }

  /** Sets the one taker of what the server says; it gets what was said before, too. */
  receive(taker: (event: AnyServerEvent) => void): void {
    this.#channel.receive((message) => {
      const event = this.#read(message);
      if (event !== undefined) taker(event);
    });
  }

  /** Sends an event; false when it is too large for one message or the channel is closed, as it is when the server does not read. */
  send(event: ClientEvent): boolean {
    if (this.#channel.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#logger.warn({ type: event.type }, 'The speech model does not read its events');
      this.#channel.close();
      return false;
    }
    this.#sent++;
    const text = encodeClientEvent({ event_id: `vb_event_${this.#sent}`, ...event });
    if (Buffer.byteLength(text) > MAX_CHANNEL_MESSAGE_BYTES) {
      this.#logger.warn({ type: event.type }, 'An event is too large for the speech model');
      return false;
    }
    return this.#channel.send(text);
  }

  #read(message: string | Uint8Array): AnyServerEvent | undefined {
    const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
    const parsed = parseServerEvent(text);
    if (!parsed.ok) {
      this.#logger.warn({ problem: parsed.problem }, 'The speech model sent something that is no event');
      return undefined;
    }
    if (parsed.value.type === 'other') {
      const { name, problem } = parsed.value;
      this.#logger.debug({ name, problem }, 'The speech model sent an event that is not known');
    }
    return parsed.value;
  }
}
