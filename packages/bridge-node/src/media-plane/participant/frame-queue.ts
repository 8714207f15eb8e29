import { FRAME_MS, pcm16ToBytes } from '@voice-bridge/core';

/** Somewhere frames go that may take them slowly. */
export interface FrameWay {
  /** Bytes it was given and has not sent. */
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

/** Sound that may wait for a client that reads slowly, in ms; then the oldest of it is dropped. */
export const MAX_WAITING_MS = 200;
/** Bytes a way may hold before frames wait here instead, where they can still be dropped: two frames. */
const MAX_IN_WAY_BYTES = 1_920;
const MAX_FRAMES = MAX_WAITING_MS / FRAME_MS;

/** Frames of PCM16 on their way to one client: sent as long as it takes them, then kept, the newest 200 ms of them. */
export class FrameQueue {
  readonly #way: FrameWay;
  readonly #waiting: { readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number }[] = [];
  #dropped = 0;

  constructor(way: FrameWay) {
    this.#way = way;
  }

  /** Frames that never left. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one frame at `now` (ms), and sends what can be sent. */
  push(frame: Int16Array, now: number): void {
    this.#waiting.push({ bytes: pcm16ToBytes(frame), at: now });
    // What is older than that belongs to something that was said before.
    while (this.#waiting.length > MAX_FRAMES || now - (this.#waiting[0]?.at ?? now) > MAX_WAITING_MS) {
      this.#waiting.shift();
      this.#dropped++;
    }
    while (this.#way.bufferedAmount < MAX_IN_WAY_BYTES) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#way.send(next.bytes);
    }
  }
}
