import { defineConfig } from 'vitest/config';

/** Whole paths over real WebRTC without a browser, in real time: one test at a time. */
export default defineConfig({
  test: {
    reporters: ['default', '../scripts/run/vitest-report.mjs'],
    include: ['integration/**/*.integration.test.ts', 'fuzz/**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
