import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/testing.ts', 'src/cli.ts'],
  format: ['esm'],
  target: 'node22',
  dts: { entry: ['src/index.ts', 'src/node.ts', 'src/testing.ts'] },
  sourcemap: true,
  clean: true,
});
