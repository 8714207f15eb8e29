import { defineConfig } from 'vitest/config';

// Everything here is pure: the files may share a worker.
export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.test.ts'],
    isolate: false,
    // Hang guards, not budgets: everything here takes far less, unless the machine is busy with something else.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
