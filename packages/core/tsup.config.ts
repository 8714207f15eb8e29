import { defineConfig } from 'tsup';

const published = ['src/index.ts', 'src/openai.ts', 'src/testing.ts'];

export default defineConfig({
  // What the wire needs gets files of its own, without a subpath: a bundler may then load them, and zod, after the first paint.
  entry: [...published, 'src/ids.ts', 'src/protocol/*.ts', '!src/protocol/*.test.ts'],
  format: ['esm'],
  target: 'es2022',
  dts: { entry: published },
  sourcemap: true,
  clean: true,
});
