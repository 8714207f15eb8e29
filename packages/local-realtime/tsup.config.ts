import { defineConfig } from 'tsup';
import { extractSileroWeights } from './scripts/extract-silero-weights.mjs';

export default defineConfig({
  // The speech worker is an entry of its own, so that it lies in dist beside the code that starts it.
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    testing: 'src/testing.ts',
    'speech-worker': 'src/engines/speech-worker.ts',
  },
  format: ['esm'],
  target: 'es2022',
  dts: { entry: { index: 'src/index.ts', testing: 'src/testing.ts' } },
  sourcemap: true,
  // Tests may be reading the weights while this builds.
  clean: ['!silero-v6.*'],
  onSuccess: async () => extractSileroWeights(),
});
