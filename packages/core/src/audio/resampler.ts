/** Rates that can be turned into each other. */
export type ResampleRate = 8_000 | 11_025 | 12_000 | 16_000 | 22_050 | 24_000 | 32_000 | 44_100 | 48_000;

/** Half length of the filter, in samples of the lower rate: sharper and slower when longer. */
const ZERO_CROSSINGS = 24;
/** Pass band as a share of the lower rate's Nyquist frequency: the rest is the filter's slope. */
const PASS_BAND = 0.92;
/** Kaiser window parameter: about 80 dB of stop-band attenuation. */
const KAISER_BETA = 8;

/**
 * Turns one stream of mono PCM16 from one rate into another with a polyphase windowed-sinc filter (linear phase, about
 * 80 dB of stop-band attenuation). Keeps its place from piece to piece: the pieces may be cut anywhere.
 */
export class Resampler {
  readonly fromHz: ResampleRate;
  readonly toHz: ResampleRate;
  readonly #up: number;
  readonly #down: number;
  readonly #phases: readonly Float32Array[];
  readonly #taps: number;
  #history: Float32Array;
  /** Where the next output lies behind the first unread input, in units of 1/up input samples. */
  #position = 0;

  constructor(fromHz: ResampleRate, toHz: ResampleRate) {
    const divisor = greatestCommonDivisor(fromHz, toHz);
    this.fromHz = fromHz;
    this.toHz = toHz;
    this.#up = toHz / divisor;
    this.#down = fromHz / divisor;
    this.#phases = designPhases(this.#up, this.#down);
    this.#taps = this.#phases[0]?.length ?? 1;
    this.#history = new Float32Array(this.#taps - 1);
  }

  /** How much later the sound comes out, in seconds. */
  get delaySeconds(): number {
    return this.#up === this.#down ? 0 : ZERO_CROSSINGS / Math.min(this.fromHz, this.toHz);
  }

  /** The output that this piece completes; over time exactly `toHz / fromHz` samples for each one given. */
  process(input: Int16Array): Int16Array {
    if (this.#up === this.#down) return input.slice();
    const keep = this.#taps - 1;
    const signal = new Float32Array(keep + input.length);
    signal.set(this.#history);
    for (let index = 0; index < input.length; index++) signal[keep + index] = input[index] ?? 0;
    const end = input.length * this.#up;
    const output = new Int16Array(Math.max(0, Math.ceil((end - this.#position) / this.#down)));
    for (let index = 0; index < output.length; index++) {
      output[index] = this.#filter(signal, Math.floor(this.#position / this.#up), this.#position % this.#up);
      this.#position += this.#down;
    }
    this.#position -= end;
    this.#history = signal.slice(input.length);
    return output;
  }

  #filter(signal: Float32Array, newest: number, phase: number): number {
    const taps = this.#phases[phase];
    if (taps === undefined) return 0;
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += (taps[tap] ?? 0) * (signal[newest + tap] ?? 0);
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
}

/** Splits one low-pass filter into `up` phases, each in the order of the signal (oldest sample first) and of unit gain. */
function designPhases(up: number, down: number): Float32Array[] {
  const half = ZERO_CROSSINGS * Math.max(up, down);
  const cutoff = PASS_BAND / Math.max(up, down);
  const taps = Math.ceil((2 * half + 1) / up);
  return Array.from({ length: up }, (_, phase) => {
    const weights = new Float32Array(taps);
    let gain = 0;
    for (let tap = 0; tap < taps; tap++) {
      const offset = (taps - 1 - tap) * up + phase - half;
      weights[tap] = sinc(cutoff * offset) * kaiser(offset / half);
      gain += weights[tap] ?? 0;
    }
    return weights.map((weight) => weight / gain);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return x < -1 || x > 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

/** Modified Bessel function of the first kind and order zero. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 50; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
