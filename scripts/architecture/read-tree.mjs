import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listWorkspaces, readJson } from '../run/paths.mjs';
import { readSource } from './read-source.mjs';

const CODE = /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/;
/** What a page is made of beside code: nothing of it is read but its length. */
const PAGE = /\.(css|html)$/;
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'test-results', '.turbo']);
const SKIPPED_PATHS = new Set(['docs/api', 'docs/.vitepress/cache', 'e2e/artifacts', 'e2e/recordings']);

/**
 * Reads every code file of the repository: `{ root, rootManifest, workspaces, files, pages }`. A file is
 * `{ path, workspace, role, lines, code, imports }`; `role` is `source`, `testing` (shipped fakes), `test` or `tool` (configs, scripts).
 * Each import also has `target`: the file it resolves to inside the repository, or undefined. `pages` are `{ path, lines }` of
 * style sheets and HTML.
 */
export function readTree(root) {
  const workspaces = listWorkspaces(root);
  const paths = ['packages', 'examples', 'e2e', 'benchmarks', 'docs', 'scripts'].flatMap((folder) =>
    listFiles(root, folder),
  );
  const code = paths.filter((path) => CODE.test(path));
  const known = new Set(code);
  const files = code.map((path) => readFile(root, path, workspaces, known));
  const pages = paths
    .filter((path) => PAGE.test(path))
    .map((path) => ({ path, lines: countLines(readText(root, path)) }));
  return { root, rootManifest: readJson(join(root, 'package.json')), workspaces, files, pages };
}

function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || SKIPPED_PATHS.has(path) ? [] : listFiles(root, path);
    return [path];
  });
}

function readFile(root, path, workspaces, known) {
  const text = readText(root, path);
  const workspace = workspaces.find(({ folder }) => path.startsWith(`${folder}/`));
  const { code, imports } = readSource(text);
  return {
    path,
    workspace,
    role: roleOf(path, workspace),
    lines: countLines(text),
    code,
    imports: imports.map((each) => ({ ...each, target: resolveRelative(path, each.specifier, known) })),
  };
}

function readText(root, path) {
  return readFileSync(join(root, path), 'utf8');
}

function countLines(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function roleOf(path, workspace) {
  if (/\.(test|contract|bench|full)\.[a-z]+$/.test(path)) return 'test';
  if (workspace === undefined) return 'tool';
  const inner = path.slice(workspace.folder.length + 1);
  if (!inner.startsWith('src/'))
    return workspace.folder.startsWith('packages/') || /^[^/]*\.config\.[a-z]+$/.test(inner) ? 'tool' : 'source';
  return /^src\/(.*\/)?testing(\/|\.[a-z]+$)/.test(inner) ? 'testing' : 'source';
}

function resolveRelative(path, specifier, known) {
  if (!specifier.startsWith('.')) return undefined;
  const plain = posix.normalize(posix.join(posix.dirname(path), specifier.replace(/\?.*$/, '')));
  return known.has(plain) ? plain : undefined;
}
