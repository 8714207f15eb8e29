import { randomInt } from 'node:crypto';
import { type CancelTimer, type Clock, FRAME_MS, Pcm16Reader } from '@voice-bridge/core';
import { type InboundAudio, OPUS_SILENCE, type OpusEncoder } from '@voice-bridge/media-node';
import { type CutItem, type SpeechPlace, SpeechQueue, type SpeechStep } from './speech-queue.ts';

/** What a {@link ModelOutput} works with. */
export interface ModelOutputOptions {
  readonly clock: Clock;
  /** At 24 kHz; closed with the output. */
  readonly encoder: OpusEncoder;
  readonly onAudio: (packet: InboundAudio) => void;
  /** The first packet of a response is about to go out, or the last of it has gone. */
  readonly onHeard: (change: 'started' | 'stopped', responseId: string) => void;
  /** More speech waits than is kept; told once for each response. */
  readonly onOverflow: () => void;
}

const UNITS_PER_FRAME = 960;

/** The assistant's PCM, which comes faster than it is heard, as Opus packets at the pace of the wall clock. The only writer of its stream. */
export class ModelOutput {
  readonly #options: ModelOutputOptions;
  readonly #queue = new SpeechQueue();
  readonly #ssrc = randomInt(2 ** 32);
  #reader = new Pcm16Reader();
  #readerItem = '';
  #sequence = randomInt(2 ** 15);
  readonly #timestampOffset = randomInt(2 ** 32);
  #lastIndex = 0;
  #afterPause = true;
  #overflowed = '';
  #cancelTimer: CancelTimer | undefined;

  constructor(options: ModelOutputOptions) {
    this.#options = options;
  }

  /** Speech that came and was not heard yet, in ms. */
  get waitingMs(): number {
    return this.#queue.waitingMs;
  }

  /** Takes speech as base64 of PCM16, cut anywhere. */
  push(place: SpeechPlace, base64: string): void {
    if (place.itemId !== this.#readerItem) this.#reader = new Pcm16Reader();
    this.#readerItem = place.itemId;
    const isKept = this.#queue.push(place, this.#reader.push(Buffer.from(base64, 'base64')));
    if (!isKept && this.#overflowed !== place.responseId) {
      this.#overflowed = place.responseId;
      this.#options.onOverflow();
    }
    this.#run();
  }

  /** Nothing more comes of a response. */
  endResponse(responseId: string): void {
    this.#queue.endResponse(responseId);
    this.#run();
  }

  /** Drops what was not heard; tells of each item that was not heard whole, and the response that was being heard. */
  cut(): { readonly responseId: string | undefined; readonly items: readonly CutItem[] } {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#afterPause = true;
    return this.#queue.cut();
  }

  close(): void {
    this.cut();
    this.#options.encoder.close();
  }

  #run(): void {
    if (this.#cancelTimer === undefined) this.#look();
  }

  #look(): void {
    const { clock } = this.#options;
    this.#cancelTimer = undefined;
    for (const step of this.#queue.pull(clock.now())) this.#perform(step);
    // Whoever was told something may have cut us or begun anew.
    if (this.#queue.isSilent || this.#cancelTimer !== undefined) return;
    const now = clock.now();
    this.#cancelTimer = clock.after((Math.floor(now / FRAME_MS) + 1) * FRAME_MS - now, () => this.#look());
  }

  #perform(step: SpeechStep): void {
    switch (step.type) {
      case 'frame':
        this.#send(this.#options.encoder.encode(step.frame.pcm), step.frame.index);
        this.#afterPause = false;
        break;
      case 'paused':
        // Without it, a browser's concealment would draw the last sound out.
        this.#send(OPUS_SILENCE, this.#lastIndex + 1);
        this.#afterPause = true;
        break;
      default:
        this.#options.onHeard(step.type, step.responseId);
        break;
    }
  }

  #send(payload: Uint8Array, index: number): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#lastIndex = Math.max(index, this.#lastIndex + 1);
    this.#options.onAudio({
      ssrc: this.#ssrc,
      sequenceNumber: this.#sequence,
      timestamp: (this.#timestampOffset + this.#lastIndex * UNITS_PER_FRAME) % 2 ** 32,
      marker: this.#afterPause,
      payload,
    });
  }
}
