import { readFileSync, writeFileSync } from 'node:fs';

const HEADER_BYTES = 44;

/** Mono sound. */
export interface Sound {
  readonly pcm: Int16Array;
  readonly sampleRateHz: number;
}

/** Writes mono PCM16 as a WAV file. */
export function writeWav(path: string, sound: Sound): void {
  const bytes = Buffer.alloc(HEADER_BYTES + sound.pcm.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(sound.sampleRateHz, 24);
  bytes.writeUInt32LE(sound.sampleRateHz * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(sound.pcm.length * 2, 40);
  for (const [i, sample] of sound.pcm.entries()) bytes.writeInt16LE(sample, HEADER_BYTES + i * 2);
  writeFileSync(path, bytes);
}

/** Reads headerless mono PCM16. */
export function readRaw(path: string, sampleRateHz: number): Sound {
  return { pcm: samples(readFileSync(path)), sampleRateHz };
}

function samples(bytes: Buffer): Int16Array {
  const pcm = new Int16Array(Math.floor(bytes.length / 2));
  for (let i = 0; i < pcm.length; i++) pcm[i] = bytes.readInt16LE(i * 2);
  return pcm;
}
