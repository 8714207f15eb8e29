import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ResampleRate, Resampler } from './resampler.ts';

const pairs: readonly (readonly [ResampleRate, ResampleRate])[] = [
  [48_000, 24_000],
  [24_000, 48_000],
  [24_000, 16_000],
  [16_000, 24_000],
  [48_000, 16_000],
  [16_000, 48_000],
  [8_000, 48_000],
  [44_100, 24_000],
];

function tone(rate: number, hertz: number, length: number, delay = 0): Int16Array {
  return Int16Array.from({ length }, (_, index) => 20_000 * Math.sin(2 * Math.PI * hertz * (index / rate - delay)));
}

/** Level of one frequency in dB relative to full amplitude of {@link tone}. */
function levelAt(samples: Int16Array, rate: number, hertz: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, index) => {
    real += sample * Math.cos((2 * Math.PI * hertz * index) / rate);
    imaginary += sample * Math.sin((2 * Math.PI * hertz * index) / rate);
  });
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / samples.length / 20_000);
}

describe.each(pairs)('from %i to %i Hz', (fromHz, toHz) => {
  it('keeps speech as it is, later by the delay it tells', () => {
    const resampler = new Resampler(fromHz, toHz);
    const output = resampler.process(tone(fromHz, 1_000, fromHz / 2));
    const wanted = tone(toHz, 1_000, output.length, resampler.delaySeconds);
    const settled = Math.ceil(toHz * 0.02);
    const error = Math.max(...output.slice(settled).map((sample, index) => sample - (wanted[settled + index] ?? 0)));
    expect(Math.abs(error)).toBeLessThanOrEqual(20);
  });

  it('keeps the pass band within 0.1 dB up to 80 % of the lower Nyquist frequency', () => {
    for (const share of [0.05, 0.4, 0.8]) {
      const hertz = (share * Math.min(fromHz, toHz)) / 2;
      const output = new Resampler(fromHz, toHz).process(tone(fromHz, hertz, fromHz));
      expect(Math.abs(levelAt(output.slice(toHz / 10), toHz, hertz))).toBeLessThan(0.1);
    }
  });

  it('gives the same samples however the stream is cut, exactly toHz / fromHz of them', () => {
    const input = tone(fromHz, 440, fromHz / 10);
    const whole = new Resampler(fromHz, toHz).process(input);
    expect(whole.length).toBe((input.length * toHz) / fromHz);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 20, size: 'max' }), (sizes) => {
        const resampler = new Resampler(fromHz, toHz);
        const output: number[] = [];
        let at = 0;
        for (const size of [...sizes, input.length]) {
          output.push(...resampler.process(input.subarray(at, at + size)));
          at += size;
        }
        expect(output).toEqual([...whole]);
      }),
      { numRuns: 10, seed: 4 },
    );
  });
});

it('suppresses by 70 dB what the lower rate cannot carry', () => {
  const output = new Resampler(48_000, 16_000).process(tone(48_000, 11_000, 48_000));
  expect(levelAt(output.slice(1_600), 16_000, 5_000)).toBeLessThan(-70);
});

it('makes no images when it goes up', () => {
  const output = new Resampler(16_000, 48_000).process(tone(16_000, 3_000, 16_000));
  expect(levelAt(output.slice(4_800), 48_000, 13_000)).toBeLessThan(-70);
});

it('clips instead of wrapping around', () => {
  const square = Int16Array.from({ length: 4_800 }, (_, index) =>
    Math.floor(index / 24) % 2 === 0 ? 32_767 : -32_768,
  );
  const output = new Resampler(24_000, 48_000).process(square);
  const jumps = output.slice(200).map((sample, index) => Math.abs(sample - (output[199 + index] ?? 0)));
  expect(Math.max(...jumps)).toBeLessThan(50_000);
  expect(Math.max(...output)).toBe(32_767);
});

it('copies when there is nothing to do', () => {
  const input = Int16Array.of(1, 2, 3);
  const output = new Resampler(24_000, 24_000).process(input);
  expect(output).toEqual(input);
  expect(output).not.toBe(input);
});
