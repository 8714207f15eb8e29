import { defineConfig } from 'vitest/config';

/** What only `npm run test:full` runs: other browsers, every example, faults. One test at a time, nothing beside it. */
export default defineConfig({
  test: {
    reporters: ['default', '../scripts/run/vitest-report.mjs'],
    include: ['full/**/*.test.ts', 'phone/**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
