/** Samples under one window. */
export const SPECTRUM_SIZE = 256;
/** Magnitudes one window yields: 0 Hz to half the sampling rate. */
export const SPECTRUM_BINS = SPECTRUM_SIZE / 2 + 1;

const HALF = SPECTRUM_SIZE / 2;

/** Magnitude spectra under a periodic Hann window, two windows per complex FFT; allocates nothing after construction. */
export class HannSpectrum {
  readonly #window = Float64Array.from(
    { length: SPECTRUM_SIZE },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / SPECTRUM_SIZE),
  );
  readonly #cosine = Float64Array.from({ length: HALF }, (_, n) => Math.cos((2 * Math.PI * n) / SPECTRUM_SIZE));
  readonly #sine = Float64Array.from({ length: HALF }, (_, n) => -Math.sin((2 * Math.PI * n) / SPECTRUM_SIZE));
  readonly #reversed = Uint16Array.from({ length: SPECTRUM_SIZE }, (_, n) => reverseBits(n));
  readonly #real = new Float64Array(SPECTRUM_SIZE);
  readonly #imaginary = new Float64Array(SPECTRUM_SIZE);

  /** Writes the spectra of the windows at `first` and `second` of `samples` into `target`, at `firstTarget` and `secondTarget`. */
  magnitudes(
    samples: Float32Array,
    first: number,
    second: number,
    target: Float32Array,
    firstTarget: number,
    secondTarget: number,
  ): void {
    for (let n = 0; n < SPECTRUM_SIZE; n++) {
      const weight = this.#window[n] ?? 0;
      const place = this.#reversed[n] ?? 0;
      this.#real[place] = weight * (samples[first + n] ?? 0);
      this.#imaginary[place] = weight * (samples[second + n] ?? 0);
    }
    this.#transform();
    // One window went in as the real part and one as the imaginary: symmetry tells their spectra apart.
    for (let bin = 0; bin < SPECTRUM_BINS; bin++) {
      const mirror = (SPECTRUM_SIZE - bin) % SPECTRUM_SIZE;
      const a = this.#real[bin] ?? 0;
      const b = this.#imaginary[bin] ?? 0;
      const c = this.#real[mirror] ?? 0;
      const d = this.#imaginary[mirror] ?? 0;
      target[firstTarget + bin] = Math.sqrt((a + c) * (a + c) + (b - d) * (b - d)) / 2;
      target[secondTarget + bin] = Math.sqrt((b + d) * (b + d) + (c - a) * (c - a)) / 2;
    }
  }

  #transform(): void {
    const real = this.#real;
    const imaginary = this.#imaginary;
    for (let half = 1; half < SPECTRUM_SIZE; half *= 2) {
      const turn = HALF / half;
      for (let start = 0; start < SPECTRUM_SIZE; start += half * 2) {
        for (let k = 0; k < half; k++) {
          const cosine = this.#cosine[k * turn] ?? 0;
          const sine = this.#sine[k * turn] ?? 0;
          const low = start + k;
          const high = low + half;
          const highReal = real[high] ?? 0;
          const highImaginary = imaginary[high] ?? 0;
          const turnedReal = highReal * cosine - highImaginary * sine;
          const turnedImaginary = highReal * sine + highImaginary * cosine;
          const lowReal = real[low] ?? 0;
          const lowImaginary = imaginary[low] ?? 0;
          real[low] = lowReal + turnedReal;
          imaginary[low] = lowImaginary + turnedImaginary;
          real[high] = lowReal - turnedReal;
          imaginary[high] = lowImaginary - turnedImaginary;
        }
      }
    }
  }
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let bit = 1; bit < SPECTRUM_SIZE; bit *= 2) reversed = reversed * 2 + (value & bit ? 1 : 0);
  return reversed;
}
