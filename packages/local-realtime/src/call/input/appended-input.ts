import { Pcm16Reader, Resampler } from '@voice-bridge/core';
import { type AudioFormat, decodeAudio, sampleRateOf } from '../sound/audio-format.ts';

const HEARD_RATE_HZ = 16_000;

/** Audio that a client appends by events: PCM16 at 24 kHz or G.711, cut anywhere, becomes one line of sound. */
export class AppendedInput {
  readonly #hear: (pcm: Int16Array) => unknown;
  #format: AudioFormat = 'pcm';
  #reader = new Pcm16Reader();
  #resampler = new Resampler(sampleRateOf('pcm'), HEARD_RATE_HZ);

  /** `hear` takes mono PCM16 at 16 kHz. */
  constructor(hear: (pcm: Int16Array) => unknown) {
    this.#hear = hear;
  }

  /** How audio is coded that is appended now. */
  get format(): AudioFormat {
    return this.#format;
  }

  /** Sets how what is appended from here on is coded. */
  listen(format: AudioFormat): void {
    if (format === this.#format) return;
    this.#format = format;
    this.#reader = new Pcm16Reader();
    this.#resampler = new Resampler(sampleRateOf(format), HEARD_RATE_HZ);
  }

  /** Takes the next piece. */
  append(bytes: Uint8Array): void {
    const pcm = this.#format === 'pcm' ? this.#reader.push(bytes) : decodeAudio(bytes, this.#format);
    this.#hear(this.#resampler.process(pcm));
  }
}
