import { open } from 'node:fs/promises';
import { floatToPcm16, PCM_RATE_HZ, type ResampleRate, Resampler } from '@voice-bridge/core';
import { parseWav } from './parse-wav.ts';

/** What may be played to the people in a session: PCM16 at 24 kHz, mono, or the path of a WAVE file of PCM. */
export type Recording = Int16Array | string | URL;

const MAX_FILE_BYTES = 104_857_600;
const MAX_SECONDS = 600;
const RATES: readonly ResampleRate[] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/**
 * The samples of a recording, 24 kHz mono. Rejects with node's own error for a file that cannot be read, and with `TypeError` for one that
 * is no PCM WAVE file, is sampled at another rate than 8 to 48 kHz, is longer than ten minutes or larger than 100 MB.
 */
export async function readRecording(recording: Recording): Promise<Int16Array> {
  if (!(recording instanceof Int16Array)) return samplesOf(await readLimited(recording));
  checkLength(recording.length, PCM_RATE_HZ);
  return recording.slice();
}

async function readLimited(path: string | URL): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES) throw cannotPlay(`it is larger than ${MAX_FILE_BYTES} bytes`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function samplesOf(bytes: Uint8Array): Int16Array {
  const parsed = parseWav(bytes);
  if (!parsed.ok) throw cannotPlay(parsed.problem);
  const { samples, sampleRateHz } = parsed.value;
  const rate = RATES.find((each) => each === sampleRateHz);
  if (rate === undefined) throw cannotPlay(`it is sampled at ${sampleRateHz} Hz`);
  checkLength(samples.length, rate);
  const resampler = new Resampler(rate, PCM_RATE_HZ);
  // Silence behind it pushes its end through the filter.
  const padded = new Float32Array(samples.length + Math.ceil(resampler.delaySeconds * rate));
  padded.set(samples);
  return resampler.process(floatToPcm16(padded));
}

function checkLength(length: number, sampleRateHz: number): void {
  if (length > MAX_SECONDS * sampleRateHz) throw cannotPlay(`it is longer than ${MAX_SECONDS / 60} minutes`);
}

function cannotPlay(problem: string): TypeError {
  return new TypeError(`The recording cannot be played: ${problem}`);
}
