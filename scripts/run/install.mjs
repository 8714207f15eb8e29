import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from './console.mjs';
import { ROOT, readJson } from './paths.mjs';
import { mustRun } from './processes.mjs';

/** Runs `npm ci` unless node_modules already holds what package-lock.json says; true when it installed. */
export async function ensureInstalled(tools, root = ROOT) {
  if (isInstallCurrent(root)) return false;
  await withProgress('Installing npm packages (about a minute the first time)', () =>
    mustRun('npm ci', tools.node, [tools.npmCli, 'ci', '--loglevel=error'], {
      env: tools.env,
      cwd: root,
      output: 'keep',
      fix: 'check the network, then  rm -rf node_modules && npm ci ; after an edit of a package.json:  npm install',
    }),
  );
  writeFileSync(stampPath(root), lockHash(root));
  return true;
}

/** True when the stamp of the last install matches the lockfile, or when an install by hand left exactly its packages. */
export function isInstallCurrent(root = ROOT) {
  if (existsSync(stampPath(root)) && readFileSync(stampPath(root), 'utf8') === lockHash(root)) return true;
  if (!holdsLockedPackages(root)) return false;
  writeFileSync(stampPath(root), lockHash(root));
  return true;
}

function stampPath(root) {
  return join(root, 'node_modules', '.voice-bridge-install');
}

function lockHash(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
}

/** Compares npm's own record of the installed tree with the lockfile; optional packages of other platforms may be absent. */
function holdsLockedPackages(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readJson(record).packages;
  const isAbsentByRight = (entry) => entry.optional || entry.peer || entry.extraneous;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(
    ([path, entry]) =>
      !path.includes('node_modules/') ||
      isAbsentByRight(entry) ||
      installed[path]?.link ||
      installed[path]?.version === entry.version,
  );
}
