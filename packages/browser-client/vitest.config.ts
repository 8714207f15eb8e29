import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { reporters: ['default', '../../scripts/run/vitest-report.mjs'], include: ['src/**/*.test.ts'] },
});
