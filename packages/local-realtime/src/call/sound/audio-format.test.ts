import { describe, expect, it } from 'vitest';
import { decodeAudio, encodeAudio, fromBase64, resampleWhole, sampleRateOf, toBase64 } from './audio-format.ts';

const tone = (rateHz: number, ms: number) =>
  Int16Array.from({ length: (rateHz * ms) / 1_000 }, (_, n) => 10_000 * Math.sin((2 * Math.PI * 440 * n) / rateHz));

function error(a: Int16Array, b: Int16Array): number {
  let sum = 0;
  for (let index = 200; index < a.length - 200; index++) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return Math.sqrt(sum / a.length) / 7_071;
}

describe('audio formats', () => {
  it.each(['pcm', 'pcmu', 'pcma'] as const)('carries %s there and back at the same place', (format) => {
    const speech = tone(24_000, 500);
    const bytes = encodeAudio(speech, format);
    expect(bytes.length).toBe(format === 'pcm' ? 24_000 : 4_000);
    const rateHz = sampleRateOf(format);
    expect(error(tone(rateHz, 500), decodeAudio(bytes, format))).toBeLessThan(0.03);
  });

  it('changes the rate of a whole piece without moving it', () => {
    expect(error(tone(16_000, 300), resampleWhole(tone(24_000, 300), 24_000, 16_000))).toBeLessThan(0.01);
    expect(error(tone(24_000, 300), resampleWhole(tone(8_000, 300), 8_000, 24_000))).toBeLessThan(0.01);
  });

  it('reads base64 and nothing else', () => {
    expect(fromBase64(toBase64(Uint8Array.of(1, 2, 3, 4)))).toEqual(Buffer.of(1, 2, 3, 4));
    expect(fromBase64('not base64!')).toBeUndefined();
  });
});
