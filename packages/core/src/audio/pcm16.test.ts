import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesToPcm16, floatToPcm16, Pcm16Reader, pcm16ToBytes, pcm16ToFloat } from './pcm16.ts';

const pcm = fc.int16Array({ maxLength: 200, size: 'max' });

it('[S-1.13] [S-4.9] turns float into PCM16 and back without losing a bit', () => {
  fc.assert(
    fc.property(pcm, (samples) => {
      expect(floatToPcm16(pcm16ToFloat(samples))).toEqual(samples);
    }),
    { seed: 1 },
  );
});

it('clips what is too loud and silences what is no number', () => {
  const loud = Float32Array.of(1, -1, 2, -2, Number.POSITIVE_INFINITY, Number.NaN, 0.5);
  expect([...floatToPcm16(loud)]).toEqual([32_767, -32_768, 32_767, -32_768, 32_767, 0, 16_384]);
});

it('writes little-endian bytes and reads them from any offset', () => {
  expect([...pcm16ToBytes(Int16Array.of(1, -2))]).toEqual([1, 0, 0xfe, 0xff]);
  const inside = new Uint8Array([9, 1, 0, 0xfe, 0xff, 7]).subarray(1, 6);
  expect([...bytesToPcm16(inside)]).toEqual([1, -2]);
});

it('reads a stream whole, wherever it is cut', () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 10 });
  fc.assert(
    fc.property(pcm, cuts, (samples, places) => {
      const bytes = pcm16ToBytes(samples);
      const reader = new Pcm16Reader();
      const read: number[] = [];
      const edges = [0, ...places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length];
      for (let edge = 1; edge < edges.length; edge++) {
        read.push(...reader.push(bytes.subarray(edges[edge - 1], edges[edge])));
      }
      expect(read).toEqual([...samples]);
    }),
    { seed: 2 },
  );
});
