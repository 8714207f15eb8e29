import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../run/paths.mjs';

/** Every package of the lockfile that is installed here: `{ path, name, version, licence, folder }`. */
export function listInstalled(root) {
  const lock = readJson(join(root, 'package-lock.json')).packages;
  return Object.keys(lock)
    .filter(
      (path) => path.includes('node_modules/') && !lock[path].link && existsSync(join(root, path, 'package.json')),
    )
    .map((path) => describe(root, path));
}

/** The packages that a user of the published packages installs: dependencies and peers of ours, transitively, without our own. */
export function listShipped(root, manifests) {
  const lock = readJson(join(root, 'package-lock.json')).packages;
  const shipped = new Map();
  const visit = (from, dependencies) => {
    for (const name of Object.keys(dependencies)) {
      const path = findPath(lock, from, name);
      if (path === undefined || lock[path].link || shipped.has(path) || !existsSync(join(root, path, 'package.json')))
        continue;
      shipped.set(path, describe(root, path));
      visit(path, lock[path].dependencies ?? {});
    }
  };
  for (const { folder, manifest } of manifests)
    visit(folder, { ...manifest.dependencies, ...manifest.peerDependencies });
  return [...shipped.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'),
  );
}

/** The text of a package's licence file, or undefined when it ships none. */
export function readLicenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  return file === undefined ? undefined : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

function describe(root, path) {
  const folder = join(root, path);
  const { name, version, license, licenses } = readJson(join(folder, 'package.json'));
  const stated = typeof license === 'object' ? license?.type : license;
  return {
    path,
    name,
    version,
    licence: stated ?? licenses?.map((each) => each.type).join(' OR ') ?? 'none stated',
    folder,
  };
}

function findPath(lock, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock[path] !== undefined) return path;
    if (folder === '') return undefined;
  }
}
