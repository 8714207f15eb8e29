import { correlations } from '../../support/correlation.ts';

/** How much of `said` is in `heard`, both mono PCM16 at `rateHz`: the median and the least of the correlations per 200 ms. */
export function likeness(said: Int16Array, heard: Int16Array, rateHz: number): { median: number; least: number } {
  const values = correlations(Float64Array.from(said), Float64Array.from(heard), rateHz).sort((a, b) => a - b);
  return { median: values[Math.floor(values.length / 2)] ?? 0, least: values[0] ?? 0 };
}
