import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/components.ts', 'src/phone.ts', 'src/testing.ts'],
  format: ['esm'],
  target: 'es2022',
  dts: true,
  sourcemap: true,
  clean: true,
  // Tree shaking would drop the banner that Next.js needs.
  treeshake: false,
  banner: { js: "'use client';" },
});
