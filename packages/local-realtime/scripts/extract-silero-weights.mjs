// Takes the 16 kHz weights of Silero VAD v6 out of the ONNX file in @ricky0123/vad-web and writes dist/silero-v6.bin beside the code,
// with Silero's licence. Run by the build and, when the file is missing, before the tests. Layout: see SILERO_LAYOUT in
// src/engines/vad/silero-weights.ts; float32, little endian, one tensor after the other.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readOnnxTensors } from './onnx-tensors.mjs';

const BRANCH = 'then_branch/If_0_then_branch__Inline_0__';
const BASIS = ['stft.forward_basis_buffer', [258, 1, 256]];
const WEIGHTS = [
  ['encoder.0.reparam_conv.weight', [128, 129, 3]],
  ['encoder.0.reparam_conv.bias', [128]],
  ['encoder.1.reparam_conv.weight', [64, 128, 3]],
  ['encoder.1.reparam_conv.bias', [64]],
  ['encoder.2.reparam_conv.weight', [64, 64, 3]],
  ['encoder.2.reparam_conv.bias', [64]],
  ['encoder.3.reparam_conv.weight', [128, 64, 3]],
  ['encoder.3.reparam_conv.bias', [128]],
  ['decoder.rnn.weight_ih', [512, 128]],
  ['decoder.rnn.weight_hh', [512, 128]],
  ['decoder.rnn.bias_ih', [512]],
  ['decoder.rnn.bias_hh', [512]],
  ['decoder.decoder.2.weight', [1, 128, 1]],
  ['decoder.decoder.2.bias', [1]],
];

const distribution = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const target = join(distribution, 'silero-v6.bin');

/** Writes the weights and their licence into `dist`. Throws when the model is not the one the inference code was written for. */
export function extractSileroWeights() {
  const model = join(dirname(createRequire(import.meta.url).resolve('@ricky0123/vad-web')), 'silero_vad_v6.onnx');
  const tensors = readOnnxTensors(readFileSync(model));
  assertHannTransform(tensor(tensors, BASIS));
  const parts = WEIGHTS.map((wanted) => Buffer.from(tensor(tensors, wanted).buffer));
  mkdirSync(distribution, { recursive: true });
  // Another process may be reading: the file appears whole or not at all.
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, Buffer.concat(parts));
  renameSync(temporary, target);
  writeFileSync(join(distribution, 'silero-v6.LICENSE.txt'), SILERO_LICENCE);
}

/** Vitest global setup: tests that run from the sources find the weights too. */
export default function setup() {
  if (!existsSync(target)) extractSileroWeights();
}

function tensor(tensors, [name, dimensions]) {
  const found = tensors.get(BRANCH + name);
  if (found?.dimensions.join() !== dimensions.join()) {
    throw new Error(`silero_vad_v6.onnx has no ${name} of ${dimensions.join('x')}: another version of the model?`);
  }
  return found.values;
}

/** The first layer is a Fourier transform under a periodic Hann window; the inference code computes it as an FFT instead. */
function assertHannTransform(basis) {
  const size = 256;
  const bins = size / 2 + 1;
  for (let bin = 0; bin < bins; bin++) {
    for (let n = 0; n < size; n++) {
      const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size);
      const angle = (2 * Math.PI * bin * n) / size;
      const real = basis[bin * size + n] - window * Math.cos(angle);
      const imaginary = basis[(bins + bin) * size + n] + window * Math.sin(angle);
      if (Math.abs(real) > 1e-6 || Math.abs(imaginary) > 1e-6) {
        throw new Error(
          'The first layer of silero_vad_v6.onnx is no Hann-windowed Fourier transform: another version of the model?',
        );
      }
    }
  }
}

const SILERO_LICENCE = `The file silero-v6.bin holds the 16 kHz weights of Silero VAD v6 (https://github.com/snakers4/silero-vad), which come under this licence:

MIT License

Copyright (c) 2020-present Silero Team

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) extractSileroWeights();
