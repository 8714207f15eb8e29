import { Pcm16Reader, Resampler } from '@voice-bridge/core';
import { type AudioFormat, decodeAudio, fromBase64, sampleRateOf } from '../sound/audio-format.ts';

const HEARD_RATE_HZ = 16_000;
/** What is turned into sound at a time, so that a large append needs little memory. */
const SLICE_BYTES = 48_000;

/** Audio that a client appends by events: base64 of PCM16 at 24 kHz or of G.711, cut anywhere, becomes one line of sound. */
export class AppendedInput {
  readonly #hear: (pcm: Int16Array) => unknown;
  #format: AudioFormat = 'pcm';
  #reader = new Pcm16Reader();
  #resampler = new Resampler(sampleRateOf('pcm'), HEARD_RATE_HZ);

  /** `hear` takes mono PCM16 at 16 kHz. */
  constructor(hear: (pcm: Int16Array) => unknown) {
    this.#hear = hear;
  }

  /** Sets how what is appended from here on is coded. */
  listen(format: AudioFormat): void {
    if (format === this.#format) return;
    this.#format = format;
    this.#reader = new Pcm16Reader();
    this.#resampler = new Resampler(sampleRateOf(format), HEARD_RATE_HZ);
  }

  /** Takes the next piece; false when it is no base64, and then nothing of it. */
  append(audio: string): boolean {
    const bytes = fromBase64(audio);
    if (bytes === undefined) return false;
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      const pcm = this.#format === 'pcm' ? this.#reader.push(slice) : decodeAudio(slice, this.#format);
      this.#hear(this.#resampler.process(pcm));
    }
    return true;
  }
}
