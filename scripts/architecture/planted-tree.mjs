import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const PACKAGES = {
  core: { peerDependencies: { zod: '4' }, exports: ['.', './testing'] },
  'media-node': { dependencies: { '@voice-bridge/core': '0', werift: '0.25.2' } },
  'bridge-node': { dependencies: { '@voice-bridge/core': '0', '@voice-bridge/media-node': '0', ws: '8', hono: '4' } },
  'local-realtime': { dependencies: { '@voice-bridge/core': '0', '@voice-bridge/media-node': '0' } },
  'browser-client': { dependencies: { '@voice-bridge/core': '0' } },
  'react-hooks': {
    dependencies: { '@voice-bridge/core': '0', '@voice-bridge/browser-client': '0' },
    peerDependencies: { react: '18' },
  },
};

/** Writes a small repository with the six packages and `files` (path to content) into a temporary folder; `remove` deletes it. */
export function plantTree(files) {
  const root = mkdtempSync(join(tmpdir(), 'planted-tree-'));
  const write = (path, content) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  write(
    'package.json',
    JSON.stringify({ name: 'root', workspaces: ['packages/*', 'examples/*', 'e2e'], devDependencies: { vitest: '5' } }),
  );
  for (const [name, { exports = ['.'], ...rest }] of Object.entries(PACKAGES)) {
    const entries = Object.fromEntries(
      exports.map((entry) => [entry, `./dist/${entry === '.' ? 'index' : entry.slice(2)}.js`]),
    );
    write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@voice-bridge/${name}`, exports: entries, ...rest }),
    );
  }
  write(
    'e2e/package.json',
    JSON.stringify({
      name: 'e2e',
      private: true,
      dependencies: { '@voice-bridge/core': '0', '@voice-bridge/local-realtime': '0' },
    }),
  );
  for (const [path, content] of Object.entries(files)) write(path, content);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
