import { defineConfig } from 'vitest/config';

// Everything here is pure: the files may share a worker.
export default defineConfig({ test: { include: ['src/**/*.test.ts'], isolate: false } });
