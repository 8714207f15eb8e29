import { FRAME_MS, pcm16ToBytes } from '@voice-bridge/core';
import type { EventsLine } from './events-line.ts';
import type { ModelEvents } from './model-leg.ts';

/** What may be queued in the line before audio waits here, in bytes: half a second of it. */
const MAX_LINE_BYTES = 32_768;
/** Audio that may wait here: older than this is of no use to anybody. */
const MAX_WAITING_MS = 1_000;
const MAX_WAITING_FRAMES = MAX_WAITING_MS / FRAME_MS;

/** The users' audio on its way into a line that may be slower than it: what is older than a second is dropped, the oldest first, and counted. */
export class AppendQueue {
  readonly #line: EventsLine;
  readonly #events: ModelEvents;
  readonly #onDropped: () => void;
  readonly #waiting: Int16Array[] = [];
  #sentFrames = 0;
  #droppedFrames = 0;

  /** `onDropped` is told once. */
  constructor(line: EventsLine, events: ModelEvents, onDropped: () => void) {
    this.#line = line;
    this.#events = events;
    this.#onDropped = onDropped;
  }

  /** How much audio never reached the model, in ms. */
  get droppedMs(): number {
    return this.#droppedFrames * FRAME_MS;
  }

  /** Frames that were sent, wait, and were dropped. */
  get frames(): { readonly sent: number; readonly waiting: number; readonly dropped: number } {
    return { sent: this.#sentFrames, waiting: this.#waiting.length, dropped: this.#droppedFrames };
  }

  /** Takes 20 ms of PCM16 at 24 kHz. */
  push(frame: Int16Array): void {
    this.#waiting.push(frame);
    while (this.#waiting.length > 0 && this.#line.bufferedAmount < MAX_LINE_BYTES) this.#sendOldest();
    if (this.#waiting.length <= MAX_WAITING_FRAMES) return;
    this.#waiting.shift();
    this.#droppedFrames++;
    if (this.#droppedFrames === 1) this.#onDropped();
  }

  #sendOldest(): void {
    const frame = this.#waiting.shift();
    if (frame === undefined) return;
    this.#sentFrames++;
    this.#events.send({
      type: 'input_audio_buffer.append',
      audio: Buffer.from(pcm16ToBytes(frame)).toString('base64'),
    });
  }
}
