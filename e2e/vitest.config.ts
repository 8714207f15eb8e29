import { defineConfig } from 'vitest/config';

/** Real browsers and real audio: one test at a time, nothing beside it. */
export default defineConfig({
  test: {
    reporters: ['default', '../scripts/run/vitest-report.mjs'],
    setupFiles: ['support/share-browsers.ts'],
    include: ['browser/**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
