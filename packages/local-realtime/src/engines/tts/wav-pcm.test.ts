import { expect, it } from 'vitest';
import { parseWav, wavFile } from './wav-pcm.ts';

/** A WAVE file of 16 kHz mono with the given parts before its sound. */
function wav(
  samples: readonly number[],
  { format = 1, channels = 1, dataBytes = samples.length * 2, extra = '' } = {},
): Uint8Array {
  const head = Buffer.alloc(36);
  head.write('RIFF', 0);
  head.write('WAVE', 8);
  head.write('fmt ', 12);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(format, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt16LE(16, 34);
  const note = Buffer.from(extra === '' ? '' : `LIST\x03\0\0\0${extra}\0`);
  const data = Buffer.alloc(8 + samples.length * 2);
  data.write('data', 0);
  data.writeUInt32LE(dataBytes, 4);
  for (const [n, sample] of samples.entries()) data.writeInt16LE(sample, 8 + n * 2);
  return Buffer.concat([head, note, data]);
}

it('reads the sound and its rate', () => {
  expect(parseWav(wav([1, -2, 32_767]))).toEqual({ pcm: Int16Array.of(1, -2, 32_767), sampleRateHz: 16_000 });
});

it('skips parts it does not know, odd ones too', () => {
  expect(parseWav(wav([5, 6], { extra: 'abc' })).pcm).toEqual(Int16Array.of(5, 6));
});

it('ends with the file when the header promises more', () => {
  expect(parseWav(wav([5, 6], { dataBytes: 1_000 })).pcm).toEqual(Int16Array.of(5, 6));
});

it.each([
  ['something else', new TextEncoder().encode('not a wave file at all')],
  ['stereo', wav([1, 2], { channels: 2 })],
  ['floats', wav([1, 2], { format: 3 })],
  ['a file without sound', wav([1, 2]).subarray(0, 36)],
])('refuses %s', (_name, bytes) => {
  expect(() => parseWav(bytes)).toThrow(TypeError);
});

it('reads what it writes', () => {
  const sound = { pcm: Int16Array.of(0, 1, -1, 32_767, -32_768), sampleRateHz: 22_050 };
  expect(parseWav(wavFile(sound))).toEqual(sound);
});
