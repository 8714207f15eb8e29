import { expect, it } from 'vitest';
import { loadSileroWeights, parseSileroWeights, SILERO_LAYOUT } from './silero-weights.ts';

it('finds the weights when it runs from the sources', () => {
  const weights = loadSileroWeights();
  expect(weights.convolution0.length).toBe(SILERO_LAYOUT.convolution0);
  expect(weights.outputBias.length).toBe(1);
});

it('refuses a file of another length', () => {
  expect(() => parseSileroWeights(new Uint8Array(8))).toThrow(/8 bytes/);
});
