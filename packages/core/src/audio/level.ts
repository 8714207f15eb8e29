const FULL_SCALE = 32_768;
/** The quietest level told, as in RFC 6464: 127 dB below full scale, also for digital silence. */
export const SILENCE_DBFS = -127;

/** Loudness of a piece of audio, each from 0 to 1 of full scale. */
export interface AudioLevel {
  /** Root of the mean square. */
  readonly rms: number;
  readonly peak: number;
}

/** Measures PCM16; nothing is silence. */
export function levelOf(pcm: Int16Array): AudioLevel {
  let sum = 0;
  let lowest = 0;
  let highest = 0;
  for (let index = 0; index < pcm.length; index++) {
    const sample = pcm[index] ?? 0;
    sum += sample * sample;
    if (sample > highest) highest = sample;
    else if (sample < lowest) lowest = sample;
  }
  const peak = Math.max(highest, -lowest);
  return { rms: pcm.length === 0 ? 0 : Math.sqrt(sum / pcm.length) / FULL_SCALE, peak: peak / FULL_SCALE };
}

/** An amplitude from 0 to 1 in dB relative to full scale, from {@link SILENCE_DBFS} to 0. */
export function toDbfs(amplitude: number): number {
  if (!(amplitude > 0)) return SILENCE_DBFS;
  return Math.min(0, Math.max(SILENCE_DBFS, 20 * Math.log10(amplitude)));
}
