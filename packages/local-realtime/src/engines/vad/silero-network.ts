import { HannSpectrum, SPECTRUM_BINS } from './hann-spectrum.ts';
import type { SileroWeights } from './silero-weights.ts';

/** Samples the network looks at per frame: 64 it has seen before and 512 new ones. */
export const SILERO_INPUT_SAMPLES = 576;

/** Values in one row of the spectrum. */
const BINS = SPECTRUM_BINS;
const HOP = 128;
const REFLECTED = 64;
const STEPS = 4;
const UNITS = 128;
const NARROW = 64;
const TAPS = 3;

/**
 * The forward pass of Silero VAD v6 at 16 kHz: spectrum, four convolutions, one LSTM cell, one output. Keeps the cell's state from
 * frame to frame and allocates nothing per frame. Equal to onnxruntime within 1e-5.
 */
export class SileroNetwork {
  readonly #spectrum = new HannSpectrum();
  readonly #padded = new Float32Array(SILERO_INPUT_SAMPLES + REFLECTED);
  // Layers hold one row per time step, with a row of zeros where a convolution reaches over the edge.
  readonly #magnitudes = new Float32Array((STEPS + 2) * BINS);
  readonly #layer0 = new Float32Array((STEPS + 1) * UNITS);
  readonly #layer1 = new Float32Array(2 * NARROW);
  readonly #layer2 = new Float32Array(NARROW);
  readonly #cellInput = new Float32Array(2 * UNITS);
  readonly #cell = new Float32Array(UNITS);
  readonly #hidden = new Float32Array(UNITS);
  readonly #weights: SileroWeights;
  readonly #convolution0: Float32Array;
  readonly #convolution1: Float32Array;
  readonly #convolution2: Float32Array;
  readonly #convolution3: Float32Array;
  readonly #gates: Float32Array;
  readonly #gateBias: Float32Array;

  constructor(weights: SileroWeights) {
    this.#weights = weights;
    this.#convolution0 = tapMajor(weights.convolution0, UNITS, BINS, 0, TAPS);
    this.#convolution1 = tapMajor(weights.convolution1, NARROW, UNITS, 0, TAPS);
    // With two steps in and stride 2 the first tap only ever meets padding; with one step in, only the middle tap meets it.
    this.#convolution2 = tapMajor(weights.convolution2, NARROW, NARROW, 1, TAPS);
    this.#convolution3 = tapMajor(weights.convolution3, UNITS, NARROW, 1, 2);
    this.#gates = interleaveGates(weights.inputGates, weights.recurrentGates);
    this.#gateBias = weights.inputGateBias.map((bias, index) => bias + (weights.recurrentGateBias[index] ?? 0));
  }

  /** Forgets what came before. */
  reset(): void {
    this.#cell.fill(0);
    this.#hidden.fill(0);
  }

  /** Probability of speech in {@link SILERO_INPUT_SAMPLES} samples between -1 and 1. */
  process(samples: Float32Array): number {
    this.#transform(samples);
    this.#convolve0();
    this.#convolve1();
    dense(this.#convolution2, this.#weights.bias2, this.#layer1, this.#layer2);
    dense(this.#convolution3, this.#weights.bias3, this.#layer2, this.#cellInput);
    return this.#recur();
  }

  #transform(samples: Float32Array): void {
    this.#padded.set(samples);
    for (let n = 0; n < REFLECTED; n++) {
      this.#padded[SILERO_INPUT_SAMPLES + n] = samples[SILERO_INPUT_SAMPLES - 2 - n] ?? 0;
    }
    for (let step = 0; step < STEPS; step += 2) {
      const row = (step + 1) * BINS;
      this.#spectrum.magnitudes(this.#padded, step * HOP, (step + 1) * HOP, this.#magnitudes, row, row + BINS);
    }
  }

  /** Stride 1: all four steps per weight read. */
  #convolve0(): void {
    const length = TAPS * BINS;
    const weights = this.#convolution0;
    const input = this.#magnitudes;
    for (let unit = 0, w = 0; unit < UNITS; unit++) {
      const bias = this.#weights.bias0[unit] ?? 0;
      let a = bias;
      let b = bias;
      let c = bias;
      let d = bias;
      for (let i = 0; i < length; i++, w++) {
        const weight = weights[w] ?? 0;
        a += weight * (input[i] ?? 0);
        b += weight * (input[i + BINS] ?? 0);
        c += weight * (input[i + 2 * BINS] ?? 0);
        d += weight * (input[i + 3 * BINS] ?? 0);
      }
      this.#layer0[UNITS + unit] = Math.max(a, 0);
      this.#layer0[2 * UNITS + unit] = Math.max(b, 0);
      this.#layer0[3 * UNITS + unit] = Math.max(c, 0);
      this.#layer0[4 * UNITS + unit] = Math.max(d, 0);
    }
  }

  /** Stride 2: four steps become two. */
  #convolve1(): void {
    const length = TAPS * UNITS;
    const weights = this.#convolution1;
    const input = this.#layer0;
    for (let unit = 0, w = 0; unit < NARROW; unit++) {
      let a = this.#weights.bias1[unit] ?? 0;
      let b = a;
      for (let i = 0; i < length; i++, w++) {
        const weight = weights[w] ?? 0;
        a += weight * (input[i] ?? 0);
        b += weight * (input[i + 2 * UNITS] ?? 0);
      }
      this.#layer1[unit] = Math.max(a, 0);
      this.#layer1[NARROW + unit] = Math.max(b, 0);
    }
  }

  #recur(): number {
    const input = this.#cellInput;
    input.set(this.#hidden, UNITS);
    const gates = this.#gates;
    const bias = this.#gateBias;
    let score = this.#weights.outputBias[0] ?? 0;
    for (let unit = 0, w = 0; unit < UNITS; unit++) {
      let i = bias[unit] ?? 0;
      let f = bias[UNITS + unit] ?? 0;
      let g = bias[2 * UNITS + unit] ?? 0;
      let o = bias[3 * UNITS + unit] ?? 0;
      for (let n = 0; n < 2 * UNITS; n++, w += 4) {
        const value = input[n] ?? 0;
        i += value * (gates[w] ?? 0);
        f += value * (gates[w + 1] ?? 0);
        g += value * (gates[w + 2] ?? 0);
        o += value * (gates[w + 3] ?? 0);
      }
      const cell = sigmoid(f) * (this.#cell[unit] ?? 0) + sigmoid(i) * Math.tanh(g);
      const hidden = sigmoid(o) * Math.tanh(cell);
      this.#cell[unit] = cell;
      this.#hidden[unit] = hidden;
      if (hidden > 0) score += hidden * (this.#weights.output[unit] ?? 0);
    }
    return sigmoid(score);
  }
}

/** [output][input][tap] to [output][tap][input], so that one output reads its weights and its inputs front to back. */
function tapMajor(
  weights: Float32Array,
  outputs: number,
  inputs: number,
  firstTap: number,
  endTap: number,
): Float32Array {
  const turned = new Float32Array(outputs * inputs * (endTap - firstTap));
  let place = 0;
  for (let output = 0; output < outputs; output++) {
    for (let tap = firstTap; tap < endTap; tap++) {
      for (let input = 0; input < inputs; input++)
        turned[place++] = weights[(output * inputs + input) * TAPS + tap] ?? 0;
    }
  }
  return turned;
}

/** [gate][unit][input] twice to [unit][input, then recurrent][gate]. */
function interleaveGates(input: Float32Array, recurrent: Float32Array): Float32Array {
  const turned = new Float32Array(input.length + recurrent.length);
  let place = 0;
  for (let unit = 0; unit < UNITS; unit++) {
    for (const source of [input, recurrent]) {
      for (let n = 0; n < UNITS; n++) {
        for (let gate = 0; gate < 4; gate++) turned[place++] = source[(gate * UNITS + unit) * UNITS + n] ?? 0;
      }
    }
  }
  return turned;
}

/** One fully connected layer with ReLU: `target[unit]` for every bias. */
function dense(weights: Float32Array, bias: Float32Array, input: Float32Array, target: Float32Array): void {
  const length = weights.length / bias.length;
  for (let unit = 0, w = 0; unit < bias.length; unit++) {
    let sum = bias[unit] ?? 0;
    for (let i = 0; i < length; i++, w++) sum += (weights[w] ?? 0) * (input[i] ?? 0);
    target[unit] = Math.max(sum, 0);
  }
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
