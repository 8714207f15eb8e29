import { describe, expect, it } from 'vitest';
import { noise } from '../engine-test-support.ts';
import { VAD_FRAME_SAMPLES, type VadEngine } from './vad-engine.ts';

/** What every voice detector does. `speech` is sound at 16 kHz that this one takes for speech. */
export function vadEngineContract(name: string, create: () => VadEngine, speech: () => Promise<Int16Array>): void {
  describe(`${name} as VadEngine`, () => {
    it('gives probabilities: high while there is speech, low in silence before and after it', async () => {
      const vad = create();
      const before = framesOf(new Int16Array(30 * VAD_FRAME_SAMPLES)).map((frame) => vad.process(frame));
      const during = framesOf(await speech()).map((frame) => vad.process(frame));
      const after = framesOf(new Int16Array(30 * VAD_FRAME_SAMPLES)).map((frame) => vad.process(frame));
      for (const probability of [...before, ...during, ...after]) {
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
      expect(Math.max(...before)).toBeLessThan(0.35);
      expect(during.filter((probability) => probability > 0.5).length).toBeGreaterThan(during.length * 0.7);
      // The detector may ring for a moment.
      expect(Math.max(...after.slice(10))).toBeLessThan(0.35);
    });

    it('does not take quiet noise for speech', () => {
      const vad = create();
      const probabilities = framesOf(noise(60 * VAD_FRAME_SAMPLES, 100)).map((frame) => vad.process(frame));
      expect(Math.max(...probabilities)).toBeLessThan(0.35);
    });

    it('says the same again after a reset, and does not mind what other streams hear', async () => {
      const vad = create();
      const other = create();
      const frames = framesOf(await speech());
      const first = frames.map((frame) => vad.process(frame));
      vad.reset();
      const second = frames.map((frame, index) => {
        other.process(noise(VAD_FRAME_SAMPLES, 5_000, index + 1));
        return vad.process(frame);
      });
      expect(second).toEqual(first);
    });

    it('leaves the frame alone and may get the same buffer again', async () => {
      const frames = framesOf(await speech());
      const fresh = create();
      const reused = create();
      const buffer = new Int16Array(VAD_FRAME_SAMPLES);
      for (const frame of frames) {
        const copy = frame.slice();
        buffer.set(frame);
        expect(reused.process(buffer)).toBe(fresh.process(frame));
        expect(frame).toEqual(copy);
      }
    });

    it.each([0, 511, 513])('refuses a frame of %i samples', (length) => {
      expect(() => create().process(new Int16Array(length))).toThrow(TypeError);
    });

    it('closes twice without complaint', () => {
      const vad = create();
      vad.close();
      vad.close();
    });
  });
}

/** Whole frames of a sound; the rest is left out. */
export function framesOf(pcm: Int16Array): Int16Array[] {
  const count = Math.floor(pcm.length / VAD_FRAME_SAMPLES);
  return Array.from({ length: count }, (_, n) => pcm.subarray(n * VAD_FRAME_SAMPLES, (n + 1) * VAD_FRAME_SAMPLES));
}
