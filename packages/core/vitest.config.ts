import { defineConfig } from 'vitest/config';

// Everything here is pure: the files may share a worker.
export default defineConfig({
  test: {
    reporters: ['default', '../../scripts/run/vitest-report.mjs'],
    include: ['src/**/*.test.ts'],
    isolate: false,
  },
});
