import type { OpusEncoder, OutboundAudio } from '@voice-bridge/media-node';
import { systemClock } from '../system-clock.ts';

const FRAME_SAMPLES = 320;
const FRAME_MS = 20;

interface Speech {
  readonly pcm: Int16Array;
  offset: number;
  readonly done: () => void;
}

/** A caller's microphone: one Opus packet per 20 ms of wall clock, speech when there is some and silence otherwise. */
export class TestMicrophone {
  readonly #encoder: OpusEncoder;
  readonly #send: (packet: OutboundAudio) => unknown;
  readonly #queue: Speech[] = [];
  #startedAt = 0;
  #sent = 0;
  #cancel: (() => void) | undefined;

  constructor(encoder: OpusEncoder, send: (packet: OutboundAudio) => unknown) {
    this.#encoder = encoder;
    this.#send = send;
  }

  /** Begins to send. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#startedAt = systemClock.now() - this.#sent * FRAME_MS;
    this.#pump();
  }

  /** Stops sending in the middle of whatever is being said, and forgets the rest of it. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const speech of this.#queue.splice(0)) speech.done();
  }

  /** Says this after what is being said; resolves when its last packet has left, or when the microphone stops. */
  say(pcm: Int16Array): Promise<void> {
    return new Promise((resolve) => this.#queue.push({ pcm, offset: 0, done: resolve }));
  }

  close(): void {
    this.stop();
    this.#encoder.close();
  }

  #pump(): void {
    const now = systemClock.now();
    const due = Math.floor((now - this.#startedAt) / FRAME_MS);
    while (this.#sent <= due) this.#sendFrame();
    this.#cancel = systemClock.after(this.#startedAt + this.#sent * FRAME_MS - now, () => this.#pump());
  }

  #sendFrame(): void {
    const frame = new Int16Array(FRAME_SAMPLES);
    const speech = this.#queue[0];
    if (speech !== undefined) {
      frame.set(speech.pcm.subarray(speech.offset, speech.offset + FRAME_SAMPLES));
      speech.offset += FRAME_SAMPLES;
      if (speech.offset >= speech.pcm.length) {
        this.#queue.shift();
        speech.done();
      }
    }
    const payload = this.#encoder.encode(frame);
    const sequenceNumber = this.#sent & 0xffff;
    this.#send({ sequenceNumber, timestamp: (this.#sent * 960) % 2 ** 32, marker: this.#sent === 0, payload });
    this.#sent++;
  }
}
