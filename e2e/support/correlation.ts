/** Samples below this are silence, in PCM16 units. */
const QUIET = 200;

/** `sound` without what lies below `cutoffHz`: a second-order Butterworth high-pass, there and back, so that no phase changes. */
export function highPassed(sound: Float64Array, cutoffHz: number, rateHz: number): Float64Array {
  return oneWay(oneWay(sound, cutoffHz, rateHz).reverse(), cutoffHz, rateHz).reverse();
}

/**
 * Per 200 ms window of `said` that is not silent: its best correlation with `heard` within `slackMs` (default 10) of the delay of
 * the whole stream.
 */
export function correlations(said: Float64Array, heard: Float64Array, rateHz: number, slackMs = 10): number[] {
  const window = rateHz / 5;
  const maxShift = Math.round((rateHz * slackMs) / 1_000);
  const delay = bestShift(said, heard, rateHz / 200);
  const values: number[] = [];
  for (let at = 0; at + window <= said.length; at += window) {
    const stretch = said.subarray(at, at + window);
    if (stretch.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) < QUIET) continue;
    let best = -1;
    for (let shift = -maxShift; shift <= maxShift; shift++) {
      const from = at + delay + shift;
      if (from >= 0 && from + window <= heard.length) {
        best = Math.max(best, correlate(stretch, heard.subarray(from, from + window)));
      }
    }
    values.push(best);
  }
  return values;
}

/** The delay of the whole stream, in samples: found on the envelopes first, then on the waveforms around it. */
function bestShift(said: Float64Array, heard: Float64Array, step: number): number {
  const a = envelope(said, step);
  const b = envelope(heard, step);
  let coarse = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let shift = -a.length; shift < b.length; shift++) {
    let sum = 0;
    for (let i = Math.max(0, -shift); i < a.length && i + shift < b.length; i++)
      sum += (a[i] ?? 0) * (b[i + shift] ?? 0);
    if (sum > most) {
      most = sum;
      coarse = shift * step;
    }
  }
  let fine = coarse;
  most = Number.NEGATIVE_INFINITY;
  for (let shift = coarse - 2 * step; shift <= coarse + 2 * step; shift++) {
    let sum = 0;
    for (let i = Math.max(0, -shift); i < said.length && i + shift < heard.length; i++) {
      sum += (said[i] ?? 0) * (heard[i + shift] ?? 0);
    }
    if (sum > most) {
      most = sum;
      fine = shift;
    }
  }
  return fine;
}

function envelope(sound: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.floor(sound.length / step) }, (_, i) =>
    sound.subarray(i * step, (i + 1) * step).reduce((sum, sample) => sum + Math.abs(sample), 0),
  );
}

function correlate(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb || 1);
}

function oneWay(sound: Float64Array, cutoffHz: number, rateHz: number): Float64Array {
  const k = Math.tan((Math.PI * cutoffHz) / rateHz);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return sound.map((x) => {
    const y = norm * (x - 2 * x1 + x2 - 2 * (k * k - 1) * y1 - (1 - Math.SQRT2 * k + k * k) * y2);
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  });
}
