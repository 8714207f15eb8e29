import { frameSamples, PCM_RATE_HZ } from '@voice-bridge/core';

const FRAME = frameSamples(PCM_RATE_HZ);

/** Frame `index` of a steady tone, 20 ms at 24 kHz unless `samples` says otherwise. */
export function toneFrame(hz: number, index: number, amplitude = 4_000, samples = FRAME): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => {
    return amplitude * Math.sin((2 * Math.PI * hz * (index * samples + i)) / PCM_RATE_HZ);
  });
}

/** How loud the tone `hz` is in these samples, as the amplitude it had: correlation with sine and cosine. */
export function amplitudeOf(hz: number, samples: Int16Array): number {
  let [sine, cosine] = [0, 0];
  for (const [i, sample] of samples.entries()) {
    const phase = (2 * Math.PI * hz * i) / PCM_RATE_HZ;
    sine += sample * Math.sin(phase);
    cosine += sample * Math.cos(phase);
  }
  return samples.length === 0 ? 0 : (2 * Math.hypot(sine, cosine)) / samples.length;
}

/** Pieces of sound one after the other. */
export function joinSound(pieces: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
