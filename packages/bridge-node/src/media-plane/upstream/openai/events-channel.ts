import type { Logger } from '@voice-bridge/core';
import {
  type ClientEvent,
  encodeClientEvent,
  type OtherServerEvent,
  parseServerEvent,
  type ServerEvent,
} from '@voice-bridge/core/openai';
import type { EventsLine } from './events-line.ts';
import type { ModelEvents } from './model-leg.ts';

/** Bytes that may wait for the server before it counts as gone. */
export const MAX_BUFFERED_BYTES = 4_194_304;

type AnyServerEvent = ServerEvent | OtherServerEvent;

/** Typed events over a line, both ways: every one numbered, the size limit kept. */
export class EventsChannel implements ModelEvents {
  readonly #channel: EventsLine;
  readonly #maxBytes: number;
  readonly #logger: Logger;
  #sent = 0;

  /** `maxBytes` is the largest message the line carries. */
  constructor(channel: EventsLine, maxBytes: number, logger: Logger) {
    this.#channel = channel;
    this.#maxBytes = maxBytes;
    this.#logger = logger;
  }

  receive(taker: (event: AnyServerEvent) => void): void {
    this.#channel.receive((message) => {
      const event = this.#read(message);
      if (event !== undefined) taker(event);
    });
  }

  /** Also false when the server does not read: then the line is closed. */
  send(event: ClientEvent): boolean {
    if (this.#channel.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#logger.warn({ type: event.type }, 'The speech model does not read its events');
      this.#channel.close('broken');
      return false;
    }
    this.#sent++;
    const text = encodeClientEvent({ event_id: `vb_event_${this.#sent}`, ...event });
    if (Buffer.byteLength(text) > this.#maxBytes) {
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
