import { readFileSync } from 'node:fs';
import { VoiceBridgeError } from '@voice-bridge/core';

/** The weights of Silero VAD v6 for 16 kHz; convolutions as [output][input][tap], LSTM gates in PyTorch's order i, f, g, o. */
export type SileroWeights = Readonly<Record<keyof typeof SILERO_LAYOUT, Float32Array>>;

/** Tensors of `silero-v6.bin` in order, with their lengths: float32, little endian. Written by `scripts/extract-silero-weights.mjs`. */
export const SILERO_LAYOUT = {
  convolution0: 128 * 129 * 3,
  bias0: 128,
  convolution1: 64 * 128 * 3,
  bias1: 64,
  convolution2: 64 * 64 * 3,
  bias2: 64,
  convolution3: 128 * 64 * 3,
  bias3: 128,
  inputGates: 512 * 128,
  recurrentGates: 512 * 128,
  inputGateBias: 512,
  recurrentGateBias: 512,
  output: 128,
  outputBias: 1,
} as const;

let loaded: SileroWeights | undefined;

/** Reads the weights once per process, from beside the built code or, when this runs from the sources, from `dist`. */
export function loadSileroWeights(): SileroWeights {
  loaded ??= parseSileroWeights(readWeightsFile());
  return loaded;
}

/** Cuts the file into its tensors. Throws `internal` when it has another length. */
export function parseSileroWeights(bytes: Uint8Array): SileroWeights {
  const expected = Object.values(SILERO_LAYOUT).reduce((sum, length) => sum + length * 4, 0);
  if (bytes.length !== expected) {
    throw new VoiceBridgeError('internal', `silero-v6.bin holds ${bytes.length} bytes instead of ${expected}`, {
      hint: BUILD_HINT,
    });
  }
  const floats = new Float32Array(new Uint8Array(bytes).buffer);
  let offset = 0;
  const next = (length: number): Float32Array => {
    offset += length;
    return floats.subarray(offset - length, offset);
  };
  return {
    convolution0: next(SILERO_LAYOUT.convolution0),
    bias0: next(SILERO_LAYOUT.bias0),
    convolution1: next(SILERO_LAYOUT.convolution1),
    bias1: next(SILERO_LAYOUT.bias1),
    convolution2: next(SILERO_LAYOUT.convolution2),
    bias2: next(SILERO_LAYOUT.bias2),
    convolution3: next(SILERO_LAYOUT.convolution3),
    bias3: next(SILERO_LAYOUT.bias3),
    inputGates: next(SILERO_LAYOUT.inputGates),
    recurrentGates: next(SILERO_LAYOUT.recurrentGates),
    inputGateBias: next(SILERO_LAYOUT.inputGateBias),
    recurrentGateBias: next(SILERO_LAYOUT.recurrentGateBias),
    output: next(SILERO_LAYOUT.output),
    outputBias: next(SILERO_LAYOUT.outputBias),
  };
}

const BUILD_HINT = 'Run npm run build -w @voice-bridge/local-realtime.';

function readWeightsFile(): Uint8Array {
  let cause: unknown;
  for (const place of ['./silero-v6.bin', '../../../dist/silero-v6.bin']) {
    try {
      return readFileSync(new URL(place, import.meta.url));
    } catch (error) {
      cause = error;
    }
  }
  throw new VoiceBridgeError('internal', 'The weights of the voice detector are missing', { cause, hint: BUILD_HINT });
}
