import type { ClientEvent, OtherServerEvent, ServerEvent } from '@voice-bridge/core/openai';
import type { ModelEvents } from './model-leg.ts';
import type { CutItem, SpeechPlace } from './speech-queue.ts';

type AnyServerEvent = ServerEvent | OtherServerEvent;

/** Where the assistant's speech goes to be heard. */
export interface SpeechOutput {
  /** Takes speech as base64 of PCM16. */
  push(place: SpeechPlace, base64: string): void;
  /** Nothing more comes of a response. */
  endResponse(responseId: string): void;
  /** Drops what was not heard. */
  cut(): { readonly responseId: string | undefined; readonly items: readonly CutItem[] };
}

const TRUNCATE_PREFIX = 'vb_truncate_';
const LOCAL_EVENT_ID = 'vb_local';

/**
 * The events of a session whose audio travels in them, told as those of a WebRTC call, whose server plays the audio itself:
 * speech goes to `output`, which is cut when the user speaks or `output_audio_buffer.clear` is sent; then the items are
 * truncated to what was heard. What is heard when comes as `output_audio_buffer.*`.
 */
export class PlayedEvents implements ModelEvents {
  readonly #events: ModelEvents;
  readonly #output: SpeechOutput;
  #taker: (event: AnyServerEvent) => void = () => {};
  /** Whether a user's speech cuts the assistant, as the settings say. */
  #interrupts = true;
  #running: string | undefined;
  /** The response that was cut while it was being made: what still comes of it is not heard. */
  #cutResponse: string | undefined;
  #truncations = 0;

  constructor(events: ModelEvents, output: SpeechOutput) {
    this.#events = events;
    this.#output = output;
  }

  receive(taker: (event: AnyServerEvent) => void): void {
    this.#taker = taker;
    this.#events.receive((event) => this.#take(event));
  }

  send(event: ClientEvent): boolean {
    if (event.type === 'output_audio_buffer.clear') {
      this.#cut();
      return true;
    }
    if (event.type === 'session.update' && event.session.type === 'realtime') {
      this.#interrupts = event.session.audio?.input?.turn_detection?.interrupt_response ?? true;
    }
    return this.#events.send(event);
  }

  /** Tells that a response begins to be heard, or was heard to its end. */
  heard(change: 'started' | 'stopped', responseId: string): void {
    this.#tell(`output_audio_buffer.${change}`, responseId);
  }

  #take(event: AnyServerEvent): void {
    switch (event.type) {
      case 'response.output_audio.delta': {
        if (event.response_id === this.#cutResponse) return;
        const place = { responseId: event.response_id, itemId: event.item_id, contentIndex: event.content_index };
        this.#output.push(place, event.delta);
        return;
      }
      case 'response.created':
        this.#running = event.response.id;
        break;
      case 'response.done':
        if (this.#running === event.response.id) this.#running = undefined;
        this.#taker(event);
        this.#output.endResponse(event.response.id);
        return;
      case 'input_audio_buffer.speech_started':
        this.#taker(event);
        if (this.#interrupts) this.#cut();
        return;
      case 'error':
        // The model may know of less audio than we heard; there is nothing to be done about it.
        if (event.error.event_id?.startsWith(TRUNCATE_PREFIX)) return;
        break;
    }
    this.#taker(event);
  }

  #cut(): void {
    this.#cutResponse = this.#running;
    const { responseId, items } = this.#output.cut();
    for (const { itemId, contentIndex, heardMs } of items) {
      this.#truncations++;
      this.#events.send({
        type: 'conversation.item.truncate',
        event_id: `${TRUNCATE_PREFIX}${this.#truncations}`,
        item_id: itemId,
        content_index: contentIndex,
        audio_end_ms: heardMs,
      });
    }
    if (responseId !== undefined) this.#tell('output_audio_buffer.cleared', responseId);
  }

  #tell(
    type: 'output_audio_buffer.started' | 'output_audio_buffer.stopped' | 'output_audio_buffer.cleared',
    id: string,
  ) {
    this.#taker({ type, event_id: LOCAL_EVENT_ID, response_id: id });
  }
}
