import { setImmediate } from 'node:timers/promises';
import { crossCorrelation } from './cross-correlation.ts';
import { LINE_RATE_HZ, type RecordedLine } from './recorded-line.ts';

const RATE_HZ = 8_000;
const STEP = LINE_RATE_HZ / RATE_HZ;
/** Sound below this, as root mean square, is silence, which is like nothing. */
const QUIET = 8;

/** Where and how well a sound is found in a line. */
export interface Likeness {
  /** Normalised correlation, -1 to 1, at the best place. */
  readonly value: number;
  /** From when it was said to when it is heard, in ms. */
  readonly delayMs: number;
}

/** Finds a sound, said at `saidMs` (since 1970), in what a line carried from then on for `withinMs`, below 4 kHz. */
export function likenessOf(said: Int16Array, saidMs: number, line: RecordedLine, withinMs = 1_000): Likeness {
  const wanted = slowed(said);
  const offset = Math.round(((saidMs - line.startMs) * LINE_RATE_HZ) / 1_000);
  const heard = slowed(padded(line.pcm, offset, said.length + (withinMs * LINE_RATE_HZ) / 1_000));
  const own = Math.sqrt(energyOf(wanted));
  let running = energyOf(heard.subarray(0, wanted.length));
  let best = { value: 0, delayMs: 0 };
  for (const [shift, sum] of crossCorrelation(wanted, heard).entries()) {
    if (running > wanted.length * QUIET ** 2) {
      const value = sum / (own * Math.sqrt(running));
      if (Math.abs(value) > Math.abs(best.value)) best = { value, delayMs: (shift * 1_000) / RATE_HZ };
    }
    running += (heard[shift + wanted.length] ?? 0) ** 2 - (heard[shift] ?? 0) ** 2;
  }
  return best;
}

/**
 * How well any half second of a sound is found, 0 to 1: a browser draws out or shortens what comes late on a busy machine. Other sounds
 * come to about 0.1. Others have their turn before each piece: a page that hears nothing of the bridge in this process for 6 s connects
 * anew, and what is recorded next lacks its beginning.
 */
export async function bestPieceOf(said: Int16Array, saidMs: number, line: RecordedLine): Promise<number> {
  const piece = LINE_RATE_HZ / 2;
  let best = 0;
  for (let at = 0; at + piece <= said.length; at += piece) {
    await setImmediate();
    best = Math.max(best, Math.abs(likenessOf(said.slice(at, at + piece), saidMs + at / 48, line).value));
  }
  return best;
}

function padded(pcm: Int16Array, offset: number, length: number): Int16Array {
  const out = new Int16Array(length);
  if (offset > -length) out.set(pcm.subarray(Math.max(0, offset), Math.max(0, offset + length)), Math.max(0, -offset));
  return out;
}

/** At {@link RATE_HZ}, by running means. */
function slowed(pcm: Int16Array): Float64Array {
  return Float64Array.from({ length: Math.floor(pcm.length / STEP) }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < STEP; j++) sum += pcm[i * STEP + j] ?? 0;
    return sum / STEP;
  });
}

function energyOf(sound: Float64Array): number {
  let sum = 0;
  for (const sample of sound) sum += sample * sample;
  return sum;
}
