const QUIETEST_DB = -60;
const LOUDEST_DB = -6;

/** 0 to 1 as ears hear it: speech at -26 dB fills three fifths, where its amplitude is a twentieth. */
export function loudnessOf(level: number): number {
  const decibels = 20 * Math.log10(Math.max(level, 1e-6));
  return Math.min(1, Math.max(0, (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)));
}
