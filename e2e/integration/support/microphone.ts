import type { OpusCodec, OpusEncoder, OutboundAudio } from '@voice-bridge/media-node';
import { realClock } from './real-clock.ts';

const FRAME_SAMPLES = 320;
const FRAME_MS = 20;

/** A microphone at 16 kHz: one Opus packet per 20 ms of wall clock, speech when there is some and silence otherwise. */
export class Microphone {
  readonly #encoder: OpusEncoder;
  readonly #send: (packet: OutboundAudio) => void;
  readonly #waiting: { readonly pcm: Int16Array; readonly done: (at: number) => void }[] = [];
  #offset = 0;
  #startedAt = 0;
  #sent = 0;
  #cancel: () => void = () => {};

  constructor(codec: OpusCodec, send: (packet: OutboundAudio) => void) {
    this.#encoder = codec.createEncoder({ sampleRateHz: 16_000 });
    this.#send = send;
  }

  start(): void {
    this.#startedAt = realClock.now() - this.#sent * FRAME_MS;
    this.#pump();
  }

  /** Sends nothing more, in the middle of whatever is being said. */
  stop(): void {
    this.#cancel();
  }

  /** Says this in real time; resolves with the time when its last packet has left. */
  say(pcm: Int16Array): Promise<number> {
    return new Promise((done) => this.#waiting.push({ pcm, done }));
  }

  close(): void {
    this.stop();
    this.#encoder.close();
  }

  #pump(): void {
    while (this.#startedAt + this.#sent * FRAME_MS <= realClock.now()) this.#sendFrame();
    this.#cancel = realClock.after(this.#startedAt + this.#sent * FRAME_MS - realClock.now(), () => this.#pump());
  }

  #sendFrame(): void {
    const frame = new Int16Array(FRAME_SAMPLES);
    const speech = this.#waiting[0];
    if (speech !== undefined) {
      frame.set(speech.pcm.subarray(this.#offset, this.#offset + FRAME_SAMPLES));
      this.#offset += FRAME_SAMPLES;
      if (this.#offset >= speech.pcm.length) {
        this.#waiting.shift();
        this.#offset = 0;
        speech.done(realClock.now());
      }
    }
    const payload = this.#encoder.encode(frame);
    const timestamp = (this.#sent * 960) % 2 ** 32;
    this.#send({ sequenceNumber: this.#sent & 0xffff, timestamp, marker: this.#sent === 0, payload });
    this.#sent++;
  }
}
