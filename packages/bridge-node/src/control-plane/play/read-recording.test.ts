import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { levelOf } from '@voice-bridge/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseWav } from './parse-wav.ts';
import { readRecording } from './read-recording.ts';

interface Shape {
  readonly kind: number;
  readonly bits: number;
  readonly rate: number;
  readonly channels: number;
  readonly extensible?: boolean;
}

/** A WAVE file with a tone of 440 Hz at half of full scale in its first channel, silence in the others. */
function wav({ kind, bits, rate, channels, extensible = false }: Shape, seconds = 0.5): Buffer {
  const frames = Math.round(rate * seconds);
  const step = bits / 8;
  const data = Buffer.alloc(frames * channels * step, bits === 8 ? 128 : 0);
  for (let frame = 0; frame < frames; frame++) {
    const value = 0.5 * Math.sin((2 * Math.PI * 440 * frame) / rate);
    const place = frame * channels * step;
    if (kind === 3) data.writeFloatLE(value, place);
    else if (bits === 8) data.writeUInt8(Math.round(value * 127) + 128, place);
    else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), place, step);
  }
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : kind, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt32LE(rate * channels * step, 8);
  format.writeUInt16LE(channels * step, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(kind, 24);
  const chunk = (tag: string, body: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(tag, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const body = Buffer.concat([chunk('fmt ', format), chunk('LIST', Buffer.from('odd')), chunk('data', data)]);
  return Buffer.concat([
    Buffer.from('RIFF'),
    Buffer.from(Uint32Array.of(body.length + 4).buffer),
    Buffer.from('WAVE'),
    body,
  ]);
}

const TELEPHONE: Shape = { kind: 1, bits: 16, rate: 8_000, channels: 1 };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voice-bridge-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(content: Uint8Array): Promise<string> {
  const path = join(folder, `${randomBytes(8).toString('hex')}.wav`);
  await writeFile(path, content);
  return path;
}

describe('a recording', () => {
  it.each<[string, Shape, number]>([
    ['8 kHz', TELEPHONE, 0.5],
    ['16 kHz', { ...TELEPHONE, rate: 16_000 }, 0.5],
    ['24 kHz', { ...TELEPHONE, rate: 24_000 }, 0.5],
    ['44.1 kHz stereo, as CDs', { ...TELEPHONE, rate: 44_100, channels: 2 }, 0.25],
    ['48 kHz, 24 bits', { ...TELEPHONE, rate: 48_000, bits: 24 }, 0.5],
    ['22.05 kHz, 8 bits', { ...TELEPHONE, rate: 22_050, bits: 8 }, 0.5],
    ['32 kHz, 32 bits', { ...TELEPHONE, rate: 32_000, bits: 32 }, 0.5],
    ['11.025 kHz floats', { kind: 3, bits: 32, rate: 11_025, channels: 1 }, 0.5],
    ['48 kHz floats, extensible', { kind: 3, bits: 32, rate: 48_000, channels: 1, extensible: true }, 0.5],
  ])('of %s is as loud and as long at 24 kHz', async (_name, shape, peak) => {
    const samples = await readRecording(await file(wav(shape)));
    expect(Math.abs(samples.length - 12_000)).toBeLessThan(200);
    const middle = samples.subarray(2_000, 10_000);
    expect(Math.max(...middle) / 32_768).toBeCloseTo(peak, 1);
    expect(levelOf(middle).rms).toBeCloseTo(peak / Math.SQRT2, 1);
    let crossings = 0;
    for (let n = 1; n < middle.length; n++) if ((middle[n - 1] ?? 0) < 0 && (middle[n] ?? 0) >= 0) crossings++;
    expect(crossings / (middle.length / 24_000)).toBeCloseTo(440, -1);
  });

  it('of samples is a copy of them', async () => {
    const given = Int16Array.of(1, 2, 3);
    const samples = await readRecording(given);
    given[0] = 9;
    expect(samples).toEqual(Int16Array.of(1, 2, 3));
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'it is not a WAVE file'],
    ['something else', randomBytes(100), 'it is not a WAVE file'],
    ['no sound', wav(TELEPHONE).subarray(0, 40), 'it holds no sound'],
    ['compressed sound', wav({ ...TELEPHONE, kind: 0x55 }), 'is not PCM'],
    ['an odd rate', wav({ ...TELEPHONE, rate: 9_999 }), 'it is sampled at 9999 Hz'],
    ['too much of it', wav({ ...TELEPHONE, bits: 8 }, 601), 'it is longer than 10 minutes'],
  ])('of %s cannot be played', async (_name, content, problem) => {
    await expect(readRecording(await file(content))).rejects.toThrow(problem);
  });

  it('that is not there says so in the words of node', async () => {
    await expect(readRecording(join(folder, 'none.wav'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('cut anywhere, or with any bytes changed, never breaks the reader', () => {
    const whole = wav({ kind: 3, bits: 32, rate: 8_000, channels: 2, extensible: true }, 0.01);
    for (let length = 0; length <= whole.length; length++) parseWav(whole.subarray(0, length));
    for (let place = 0; place < 80; place++) {
      for (const value of [0, 1, 127, 255]) {
        const spoilt = Buffer.from(whole);
        spoilt[place] = value;
        parseWav(spoilt);
      }
    }
  });
});
