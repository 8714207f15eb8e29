import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listWorkspaces, ROOT, readJson } from '../run/paths.mjs';
import { mustRun } from '../run/processes.mjs';

/** What a user's page needs besides our packages, in the versions of this repository. */
const COMPANIONS = [
  'zod',
  'react',
  'react-dom',
  'vite',
  '@vitejs/plugin-react',
  '@types/node',
  '@types/react',
  '@types/react-dom',
];

/** Packs all published packages and installs them into an empty folder, as a user would; `remove` deletes it. */
export async function installTarballs() {
  const root = mkdtempSync(join(tmpdir(), 'packed-tarballs-'));
  const folder = join(root, 'app');
  mkdirSync(folder);
  const published = listWorkspaces().filter(({ manifest }) => !manifest.private);
  const tarballs = [];
  for (const { folder: workspace } of published) tarballs.push(await pack(join(ROOT, workspace), root));
  const lock = readJson(join(ROOT, 'package-lock.json')).packages;
  const companions = COMPANIONS.map((name) => `${name}@${versionOf(lock, name)}`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const args = [
    'install',
    '--prefer-offline',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
    ...tarballs,
    ...companions,
  ];
  await mustRun('Installing the tarballs', 'npm', args, { cwd: folder, output: 'keep' });
  return {
    folder,
    packages: published.map(({ manifest }) => manifest),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

async function pack(folder, destination) {
  const { output } = await mustRun(
    'npm pack',
    'npm',
    ['pack', '--json', '--loglevel=error', '--pack-destination', destination],
    { cwd: folder, output: 'keep' },
  );
  const [packed] = Object.values(JSON.parse(output.slice(output.search(/^[[{]/m))));
  return join(destination, packed.filename);
}

function versionOf(lock, name) {
  const path =
    Object.keys(lock).find((key) => key === `node_modules/${name}`) ??
    Object.keys(lock).find((key) => key.endsWith(`node_modules/${name}`));
  return lock[path].version;
}
