import { defineConfig } from 'vitest/config';

/** Other people's clients of the Realtime protocol against local-realtime, in real time: one test at a time. */
export default defineConfig({
  test: {
    reporters: ['default', '../scripts/run/vitest-report.mjs'],
    include: ['clients/**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
