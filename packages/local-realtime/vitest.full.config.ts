import { defineConfig } from 'vitest/config';

/** What only `npm run test:full` runs: every clause of the engines' contracts on the real programs. One file at a time. */
export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.full.test.ts'],
    globalSetup: ['./scripts/extract-silero-weights.mjs'],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
