import { defineConfig } from 'vitest/config';

/** What only `npm run test:full` runs: minutes of sound through the real codec. One file at a time. */
export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.full.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
  },
});
