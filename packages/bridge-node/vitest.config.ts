import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'src/**/*.integration.test.ts', 'src/**/*.full.test.ts'],
    expect: { poll: { timeout: 5_000 } },
  },
});
