import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PcmBuffer } from './pcm-buffer.ts';

const FRAME = 480;
const SAMPLES_PER_MS = 24;
/** So many samples in a row are alike in the property test, so that PCM16 can tell all of them apart. */
const BLOCK = 10;

/** A source that counts its samples, from 1. */
function counting(): (samples: number) => Int16Array {
  let next = 1;
  return (samples) => Int16Array.from({ length: samples }, () => next++ % 30_000);
}

/** What is played in frames of 20 ms until `untilMs`, with pieces arriving at their times. */
function play(buffer: PcmBuffer, pieces: readonly { at: number; samples: Int16Array }[], untilMs: number) {
  const frames: (Int16Array | undefined)[] = [];
  let next = 0;
  for (let now = 0; now < untilMs; now += 20) {
    for (let piece = pieces[next]; piece !== undefined && piece.at <= now; piece = pieces[++next]) {
      buffer.push(piece.samples, piece.at);
    }
    frames.push(buffer.pull(now)?.slice());
  }
  return frames;
}

function heard(frames: readonly (Int16Array | undefined)[]): number[] {
  return frames.flatMap((frame) => [...(frame ?? [])]).filter((sample) => sample !== 0);
}

describe('the PCM buffer', () => {
  it('plays pieces of any length as steady frames, after 40 ms', () => {
    const samples = counting();
    const pieces = Array.from({ length: 37 }, (_, index) => ({
      at: index * 27,
      samples: samples(27 * SAMPLES_PER_MS),
    }));
    const frames = play(new PcmBuffer(), pieces, 1_000);
    expect(frames.slice(0, 3).map((frame) => frame?.length)).toEqual([undefined, undefined, FRAME]);
    const sound = heard(frames);
    expect(sound.length).toBeGreaterThan(900 * SAMPLES_PER_MS);
    expect(sound.every((sample, index) => sample === index + 1)).toBe(true);
  });

  it('plays at once when enough arrives at once, as from clients that send 170 ms at a time', () => {
    const samples = counting();
    const pieces = Array.from({ length: 20 }, (_, index) => ({
      at: index * 170,
      samples: samples(170 * SAMPLES_PER_MS),
    }));
    const buffer = new PcmBuffer();
    const frames = play(buffer, pieces, 3_400);
    expect(frames.filter((frame) => frame === undefined).length).toBeLessThanOrEqual(3);
    expect(buffer.stats().dropped).toBe(0);
  });

  it('keeps 200 ms of what comes faster than it can be played, and counts the rest', () => {
    const buffer = new PcmBuffer();
    buffer.push(counting()(1_000 * SAMPLES_PER_MS), 0);
    expect(buffer.stats()).toEqual({ received: 24_000, played: 0, dropped: 19_200, depthMs: 200 });
  });

  it('says that there is a pause, and plays the last piece to its end', () => {
    const buffer = new PcmBuffer();
    buffer.push(new Int16Array(700).fill(5), 0);
    const frames = [40, 60, 80, 100].map((now) => buffer.pull(now)?.slice());
    expect(frames.map((frame) => frame?.filter((sample) => sample === 5).length)).toEqual([
      480,
      220,
      undefined,
      undefined,
    ]);
  });

  it.each([300, -300])(
    'stays shallow against a clock that is off by %i ppm, touching no more than one frame a minute',
    (ppm) => {
      const samples = counting();
      const period = 20 * (1 - ppm / 1e6);
      const pieces = Array.from({ length: 30_000 }, (_, index) => ({ at: index * period, samples: samples(FRAME) }));
      const buffer = new PcmBuffer();
      const frames = play(buffer, pieces, 600_000);
      const { dropped, depthMs } = buffer.stats();
      expect(depthMs).toBeLessThanOrEqual(100);
      expect(dropped / FRAME).toBeLessThanOrEqual(12);
      expect(frames.filter((frame) => frame === undefined).length).toBeLessThanOrEqual(3 + 3 * 10);
    },
  );

  it('never plays a sample twice or out of order, and never holds more than 200 ms, whatever arrives when', () => {
    const piece = fc.record({ gap: fc.integer({ min: 0, max: 150 }), blocks: fc.integer({ min: 0, max: 500 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40, size: 'max' }), (line) => {
        let [at, block] = [0, 0];
        const pieces = line.map(({ gap, blocks }) => {
          const first = block + 1;
          at += gap;
          block += blocks;
          return { at, samples: Int16Array.from({ length: blocks * BLOCK }, (_, i) => first + Math.floor(i / BLOCK)) };
        });
        const buffer = new PcmBuffer();
        const sound = heard(play(buffer, pieces, at + 300));
        const times = new Map<number, number>();
        for (const sample of sound) times.set(sample, (times.get(sample) ?? 0) + 1);
        expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(BLOCK);
        expect(sound.some((sample, index) => sample < (sound[index - 1] ?? 0))).toBe(false);
        const { received, played, dropped, depthMs } = buffer.stats();
        expect(depthMs).toBeLessThanOrEqual(200);
        expect(received).toBe(played + dropped + depthMs * SAMPLES_PER_MS);
      }),
      { seed: 9, numRuns: 100 },
    );
  });
});
