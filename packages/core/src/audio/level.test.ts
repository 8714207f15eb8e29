import { expect, it } from 'vitest';
import { FRAME_MS, frameSamples } from './frame.ts';
import { levelOf, SILENCE_DBFS, toDbfs } from './level.ts';

it('measures a sine: its peak, and its mean 3 dB below', () => {
  const sine = Int16Array.from({ length: 4_800 }, (_, index) => 16_384 * Math.sin((2 * Math.PI * index) / 48));
  const { rms, peak } = levelOf(sine);
  expect(peak).toBeCloseTo(0.5, 4);
  expect(toDbfs(peak) - toDbfs(rms)).toBeCloseTo(3.01, 2);
});

it('takes the loudest negative sample as full scale, and nothing as silence', () => {
  expect(levelOf(Int16Array.of(-32_768))).toEqual({ rms: 1, peak: 1 });
  expect(levelOf(new Int16Array(0))).toEqual({ rms: 0, peak: 0 });
  expect(toDbfs(1)).toBe(0);
  expect(toDbfs(0)).toBe(SILENCE_DBFS);
  expect(toDbfs(Number.NaN)).toBe(SILENCE_DBFS);
  expect(toDbfs(1e-9)).toBe(SILENCE_DBFS);
});

it('knows how many samples a frame has', () => {
  expect([8_000, 16_000, 24_000, 48_000].map(frameSamples)).toEqual([160, 320, 480, 960]);
  expect(FRAME_MS).toBe(20);
});
