import { correlations } from '../../support/correlation.ts';

/** How far a jitter buffer on a busy machine may stretch or cut the sound of a sentence on its way, in ms. */
const STRETCH_MS = 40;

/** How much of `said` is in `heard`, both mono PCM16 at `rateHz`: the least correlation per 200 ms, where nothing is lost on the way. */
export function exactLikeness(said: Int16Array, heard: Int16Array, rateHz: number): number {
  return Math.min(...correlations(floats(said), floats(heard), rateHz));
}

/**
 * The same over the network in real time, where a busy machine spoils many a stretch: the upper quartile, each at its
 * best within 40 ms. Of sentences that share no word it is at most 0.8.
 */
export function likeness(said: Int16Array, heard: Int16Array, rateHz: number): number {
  const values = correlations(floats(said), floats(heard), rateHz, STRETCH_MS).sort((a, b) => a - b);
  return values[Math.floor((values.length * 3) / 4)] ?? 0;
}

function floats(pcm: Int16Array): Float64Array {
  return Float64Array.from(pcm);
}
