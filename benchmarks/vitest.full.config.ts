import { defineConfig } from 'vitest/config';

/** What only `npm run test:full` runs: that the benches still measure what they say. */
export default defineConfig({
  test: {
    reporters: ['default', '../scripts/run/vitest-report.mjs'],
    include: ['**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});
