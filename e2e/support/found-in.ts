const RATE_HZ = 8_000;
const WINDOW = 0.4 * RATE_HZ;
const STRETCHES = 5;
/** Of each sample so much of the one before is taken away: the deep sounds, in which all voices are alike, weigh less. */
const PRE_EMPHASIS = 0.9;
/** Sound weaker than this, as root mean square, is not looked at. */
const QUIET = 20;

/**
 * How well any of the loudest stretches of 0.4 s of what was said is found anywhere in what was heard (below 4 kHz, pre-emphasised):
 * the correlation at the best place, 1 for the same sound. Speech of other people comes to 0.3, one of two who speak at once to
 * 0.6. Several stretches, because a browser draws out or shortens what comes late on a busy machine.
 */
export function foundIn(heard: Int16Array, said: Int16Array, rateHz: number): number {
  const [all, sentence] = [slowed(heard, rateHz), slowed(said, rateHz)];
  const bright = emphasised(all);
  return Math.max(...loudest(sentence).map((stretch) => bestMatch(all, bright, emphasised(stretch))));
}

/** Looks in `bright` where `all`, the same before pre-emphasis, is not silent. */
function bestMatch(all: Float64Array, bright: Float64Array, wanted: Float64Array): number {
  const energy = energyOf(wanted);
  let best = 0;
  let loudness = energyOf(all.subarray(0, WINDOW));
  let running = energyOf(bright.subarray(0, WINDOW));
  for (let at = 0; at + WINDOW < all.length; at++) {
    if (loudness > WINDOW * QUIET ** 2) {
      let sum = 0;
      for (let i = 0; i < WINDOW; i++) sum += (wanted[i] ?? 0) * (bright[at + i] ?? 0);
      best = Math.max(best, sum / Math.sqrt(energy * running || 1));
    }
    loudness += (all[at + WINDOW] ?? 0) ** 2 - (all[at] ?? 0) ** 2;
    running += (bright[at + WINDOW] ?? 0) ** 2 - (bright[at] ?? 0) ** 2;
  }
  return best;
}

function emphasised(sound: Float64Array): Float64Array {
  return sound.map((sample, i) => sample - PRE_EMPHASIS * (sound[i - 1] ?? 0));
}

/** At {@link RATE_HZ}, by running means: what is higher than that is of no interest. */
function slowed(sound: Int16Array, rateHz: number): Float64Array {
  const step = rateHz / RATE_HZ;
  return Float64Array.from({ length: Math.floor(sound.length / step) }, (_, i) =>
    sound.subarray(i * step, (i + 1) * step).reduce((sum, sample) => sum + sample / step, 0),
  );
}

function loudest(sound: Float64Array): Float64Array[] {
  const step = WINDOW / 2;
  const windows = Array.from({ length: Math.floor(sound.length / step) - 1 }, (_, i) =>
    sound.subarray(i * step, i * step + WINDOW),
  );
  return windows.sort((a, b) => energyOf(b) - energyOf(a)).slice(0, STRETCHES);
}

function energyOf(sound: Float64Array): number {
  return sound.reduce((sum, sample) => sum + sample * sample, 0);
}
