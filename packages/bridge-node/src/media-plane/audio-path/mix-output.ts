import { frameSamples, PCM_RATE_HZ } from '@voice-bridge/core';
import type { OpusCodec, OpusEncoder } from '@voice-bridge/media-node';

/** Silence that is sent after the last sound, in frames, so that it ends and does not hang. */
const TAIL_FRAMES = 5;

/** One distinct mix: made at most once per frame and encoded at most once, for however many hear it. */
export class MixOutput {
  readonly #createEncoder: OpusCodec['createEncoder'];
  #encoder: OpusEncoder | undefined;
  readonly #buffer = new Int16Array(frameSamples(PCM_RATE_HZ));
  #silentFrames = Number.POSITIVE_INFINITY;
  #make: (into: Int16Array) => Int16Array = (into) => into.fill(0);
  #frame: Int16Array | undefined;
  #packet: Uint8Array | undefined;

  constructor(createEncoder: OpusCodec['createEncoder']) {
    this.#createEncoder = createEncoder;
  }

  /** Begins a frame: how many sources it is mixed of, and how it is written. */
  begin(sources: number, make: (into: Int16Array) => Int16Array): void {
    this.#silentFrames = sources > 0 ? 0 : this.#silentFrames + 1;
    this.#make = make;
    this.#frame = undefined;
    this.#packet = undefined;
  }

  /** Whether there is sound in it, or was until now. */
  get isSounding(): boolean {
    return this.#silentFrames <= TAIL_FRAMES;
  }

  /** The frame, to be read only, valid until the next one. */
  get frame(): Int16Array {
    this.#frame ??= this.#make(this.#buffer);
    return this.#frame;
  }

  /** The frame as an Opus packet. */
  get packet(): Uint8Array {
    this.#encoder ??= this.#createEncoder({ sampleRateHz: PCM_RATE_HZ });
    this.#packet ??= this.#encoder.encode(this.frame);
    return this.#packet;
  }

  /** Frees the encoder. */
  close(): void {
    this.#encoder?.close();
    this.#encoder = undefined;
  }
}
