import { defineConfig } from 'vitest/config';

/** Real calls over real sockets in real time, some with real speech: one file at a time. */
export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.integration.test.ts'],
    globalSetup: ['./scripts/extract-silero-weights.mjs'],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
