import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.test.ts', 'scripts/**/*.test.mjs'],
    exclude: [...configDefaults.exclude, 'src/**/*.integration.test.ts', 'src/**/*.full.test.ts'],
    globalSetup: ['./scripts/extract-silero-weights.mjs'],
    // Hang guards, not budgets: everything here takes far less, unless the machine is busy with something else.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
