import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

/** The rate of what the model hears. */
export const HEARD_RATE_HZ = 16_000;
/** The sound of the local model comes in frames of so many samples. */
export const HEARD_FRAME_SAMPLES = 512;

/** Sound of one call as the model heard it: mono PCM16, and when each frame of it came, in ms. */
export interface HeardCall {
  readonly pcm: Int16Array;
  readonly frameAt: readonly number[];
  readonly frameSamples: number;
  /** Whether a frame is played from when it came; if not, it came when it was full. */
  readonly isPlayed: boolean;
}

/** Reads what the model's process has written of one call. */
export function readHeardCall(folder: string, call: number): HeardCall {
  const bytes = readFileSync(join(folder, `${call}.raw`));
  const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const frameAt = z.parse(z.array(z.number()), JSON.parse(readFileSync(join(folder, `${call}.json`), 'utf8')));
  return { pcm, frameAt, frameSamples: HEARD_FRAME_SAMPLES, isPlayed: false };
}
