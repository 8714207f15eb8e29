import type { CancelTimer, Clock } from '@voice-bridge/core';
import type { InboundAudio, OutboundAudio, SilenceFill } from '@voice-bridge/media-node';
import { OpusLine } from './opus-line.ts';
import type { RtpStart } from './rtp-start.ts';

/** While there is input, lines look for its end at multiples of this, in ms: many sessions wake the process once and not one by one. */
const LOOK_MS = 10;

/** The line to the model: 60 ms without audio from anybody, it gets silence in wall-clock time. */
export class ModelLine {
  readonly line: OpusLine;
  readonly #clock: Clock;
  readonly #send: (packet: OutboundAudio) => void;
  readonly #onLook: (now: number) => void;
  #fill: SilenceFill | 'closed' | undefined;
  #cancelTimer: CancelTimer = () => {};
  #isFilling = false;

  /** `onLook` is told whenever time has passed, also when nobody sends anything. */
  constructor(
    clock: Clock,
    start: RtpStart,
    send: (packet: OutboundAudio) => void,
    onLook: (now: number) => void = () => {},
  ) {
    this.line = new OpusLine(start, send);
    this.#clock = clock;
    this.#send = send;
    this.#onLook = onLook;
  }

  /** Whether the model takes audio. */
  get isOpen(): boolean {
    return typeof this.#fill === 'object';
  }

  /** The model takes audio from now on. */
  start(): void {
    if (this.#fill !== undefined) return;
    this.#fill = this.line.keepFed(this.#clock.now());
    this.#arm(this.#fill);
  }

  /** Forwards one packet. */
  forward(packet: InboundAudio, sourceId: string, now: number): void {
    if (this.isOpen) this.line.forward(packet, sourceId, now);
  }

  /** Sends nothing any more. Final. */
  close(): void {
    this.#fill = 'closed';
    this.#cancelTimer();
  }

  #arm(fill: SilenceFill): void {
    const now = this.#clock.now();
    const together = Math.floor(fill.nextAt / LOOK_MS) * LOOK_MS;
    const due = together > now && !this.#isFilling ? together : fill.nextAt;
    // What is mixed is sent by the mixer's tick; one that is late makes up for it by itself.
    const lookAt = this.line.isMixing ? Math.max(due, now + LOOK_MS) : due;
    this.#cancelTimer = this.#clock.after(lookAt - now, () => this.#look(fill));
  }

  #look(fill: SilenceFill): void {
    const now = this.#clock.now();
    this.#isFilling = false;
    if (!this.line.isMixing) {
      const silence = fill.pull(now);
      this.#isFilling = silence.length > 0;
      for (const packet of silence) this.#send(packet);
    }
    this.#onLook(now);
    if (this.#fill === fill) this.#arm(fill);
  }
}
