import { posix } from 'node:path';
import { packageName } from './check-imports.mjs';
import {
  BROWSER_PACKAGES,
  EXEMPT_LIBRARIES,
  FILES_PER_LIBRARY,
  HOST_MODULES,
  HOST_OBJECTS,
  IMPURE,
  LINE_LIMIT,
  PURE_FILES,
} from './rules.mjs';

/** No file imports itself, also not over others; `import type` counts. One fault per circle. */
export function checkCircles({ files }) {
  const edges = new Map(files.map((file) => [file.path, file.imports.map((each) => each.target).filter(Boolean)]));
  return findCircles(edges).map((circle) => ({
    path: circle[0],
    line: 1,
    problem: `circular import: ${[...circle, circle[0]].join(' → ')}`,
  }));
}

/** Each foreign library and each host object is named in one file of a package (per role). */
export function checkOneFile({ files }) {
  const sources = files.filter((file) => file.role === 'source' && file.path.startsWith('packages/'));
  const uses = new Map();
  for (const file of sources) {
    for (const { key, limit } of thingsNamedBy(file)) {
      const entry = uses.get(key) ?? { limit, paths: new Set() };
      entry.paths.add(file.path);
      uses.set(key, entry);
    }
  }
  return [...uses].flatMap(([key, { limit, paths }]) => {
    const name = key.split(' ')[0];
    const named = [...paths].sort();
    return named.length <= limit
      ? []
      : named.map((path) => ({
          path,
          line: 1,
          problem: `${name} is named in ${named.length} files (${limit} allowed): ${named.join(', ')}`,
        }));
  });
}

/** No file of code and no part of a page is longer than the limit. */
export function checkLength({ files, pages }) {
  return [...files, ...pages]
    .filter((file) => file.lines > LINE_LIMIT)
    .map((file) => ({
      path: file.path,
      line: LINE_LIMIT + 1,
      problem: `${file.lines} lines; ${LINE_LIMIT} is the limit: split it by meaning`,
    }));
}

/** Pure files read no clock and no die and start no timer. */
export function checkPure({ files }) {
  const pure = files.filter((file) => file.role === 'source' && PURE_FILES.some((pattern) => pattern.test(file.path)));
  return pure.flatMap((file) =>
    Object.entries(IMPURE).flatMap(([name, pattern]) => {
      const match = pattern.exec(file.code);
      if (match === null) return [];
      return [
        {
          path: file.path,
          line: file.code.slice(0, match.index).split('\n').length,
          problem: `${name} in a pure file: take it as an argument`,
        },
      ];
    }),
  );
}

function thingsNamedBy(file) {
  const folder = file.workspace.folder;
  const modules = file.imports.flatMap(({ specifier }) => {
    if (specifier.startsWith('.') || specifier.startsWith('@voice-bridge/')) return [];
    const scope = HOST_MODULES[specifier];
    if (scope === 'folder') return [{ key: `node:fs ${posix.dirname(file.path)}`, limit: 1 }];
    if (scope === 'package') return [{ key: `${specifier} ${folder}`, limit: 1 }];
    const name = packageName(specifier);
    if (specifier.startsWith('node:') || EXEMPT_LIBRARIES.includes(name)) return [];
    return [{ key: `${name} ${folder}`, limit: FILES_PER_LIBRARY[name] ?? 1 }];
  });
  const objects = Object.entries(HOST_OBJECTS)
    .filter(([name, pattern]) => pattern.test(file.code) && (name !== 'WebSocket' || BROWSER_PACKAGES.includes(folder)))
    .map(([name]) => ({ key: `${name} ${folder}`, limit: 1 }));
  return [...modules, ...objects];
}

/** Tarjan's strongly connected components of more than one file, each as one circle in import order. */
function findCircles(edges) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const circles = [];
  const visit = (path) => {
    index.set(path, index.size);
    low.set(path, index.get(path));
    stack.push(path);
    for (const next of edges.get(path) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path), low.get(next)));
    }
    if (low.get(path) !== index.get(path)) return;
    const members = stack.splice(stack.indexOf(path));
    if (members.length > 1 || edges.get(path)?.includes(path)) circles.push(walkCircle(members, edges));
  };
  for (const path of edges.keys()) if (!index.has(path)) visit(path);
  return circles;
}

/** The shortest way from the first member back to itself. */
function walkCircle(members, edges) {
  const start = [...members].sort()[0];
  const ways = [[start]];
  const seen = new Set();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of edges.get(way.at(-1)) ?? []) {
      if (next === start) return way;
      if (!members.includes(next) || seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return members;
}
