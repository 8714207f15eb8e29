import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { BROWSER_PACKAGES, FOLDER_DIRECTIONS, PACKAGE_DIRECTIONS } from './rules.mjs';

/** Imports between packages against the table of directions, and only through public entries. */
export function checkPackageDirections({ files, workspaces }) {
  const byName = new Map(workspaces.map((workspace) => [workspace.manifest.name, workspace]));
  return everyImport(files, (file, { specifier, typeOnly }) => {
    const target = byName.get(packageName(specifier));
    if (target === undefined || target === file.workspace) return undefined;
    const allowed = PACKAGE_DIRECTIONS[file.workspace?.folder];
    if (allowed !== undefined) {
      const permission = allowed[target.manifest.name];
      if (permission === undefined) return `${file.workspace.manifest.name} may not import ${target.manifest.name}`;
      if (permission === 'types' && !typeOnly && file.role !== 'test')
        return `only types may be imported from ${target.manifest.name} here`;
    }
    const entry = `.${specifier.slice(target.manifest.name.length)}`;
    return target.manifest.exports?.[entry] === undefined
      ? `${specifier} is no public entry of ${target.manifest.name}`
      : undefined;
  });
}

/** Imports between folders that have rules of their own: the two planes and the seam. Tests may reach across. */
export function checkFolderDirections({ files }) {
  const sources = files.filter((file) => file.role === 'source');
  return everyImport(sources, (file, { specifier, target }) => {
    const rule = FOLDER_DIRECTIONS.find(({ from }) => file.path.startsWith(from));
    if (rule === undefined) return undefined;
    if (target !== undefined && !rule.folders.some((folder) => target.startsWith(folder)))
      return `${rule.from} may not import ${target}`;
    const ours = specifier.startsWith('@voice-bridge/');
    return ours && !rule.packages.includes(packageName(specifier))
      ? `${rule.from} may not import ${specifier}`
      : undefined;
  });
}

/** A relative import names an existing file of the same workspace, with its extension. */
export function checkRelativeImports({ files }) {
  return everyImport(files, (file, { specifier, target }) => {
    if (!specifier.startsWith('.')) return undefined;
    const path = posix.normalize(posix.join(posix.dirname(file.path), specifier));
    const folder = file.workspace?.folder ?? 'scripts';
    if (!path.startsWith(`${folder}/`)) return `${specifier} leaves ${folder}: import the package by its name`;
    const isCode = !/\.(css|json|wasm|svg|html|txt)(\?.*)?$/.test(specifier);
    return isCode && target === undefined && !specifier.includes('/dist/')
      ? `${specifier} names no file; write its extension`
      : undefined;
  });
}

/** What a package imports is in its package.json: for shipped files in dependencies or peerDependencies. */
export function checkDeclared({ files, rootManifest }) {
  return everyImport(files, (file, { specifier }) => {
    if (specifier.startsWith('.') || specifier.startsWith('virtual:')) return undefined;
    if (isBuiltin(specifier)) return checkBuiltin(file, specifier);
    const name = packageName(specifier);
    if (name === file.workspace?.manifest.name) return undefined;
    const manifest = file.workspace?.manifest ?? rootManifest;
    const shipped = { ...manifest.dependencies, ...manifest.peerDependencies };
    if (name in shipped) return undefined;
    const isShipped = file.role === 'source' || file.role === 'testing';
    const isPublished = file.workspace !== undefined && !file.workspace.manifest.private;
    if (isShipped && isPublished) return `${name} is not in the dependencies of ${manifest.name}`;
    const forDevelopment = { ...manifest.devDependencies, ...rootManifest.devDependencies };
    return name in forDevelopment ? undefined : `${name} is not declared by ${manifest.name}`;
  });
}

/** Shipped code never imports fakes; tests and other fakes may. */
export function checkTestingStaysOut({ files }) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const sources = files.filter((file) => file.role === 'source' && file.path.startsWith('packages/'));
  return everyImport(sources, (_, { specifier, target }) => {
    const isFake =
      /^@voice-bridge\/[^/]+\/testing$/.test(specifier) || ['testing', 'test'].includes(byPath.get(target)?.role);
    return isFake ? `${specifier} is for tests: shipped code may not import it` : undefined;
  });
}

/** Entry files list every public name: no `export *`. */
export function checkBarrels({ files }) {
  return everyImport(files, (_, { star, specifier }) =>
    star ? `export * from '${specifier}': write every public name out` : undefined,
  );
}

/** The npm package a bare specifier belongs to. */
export function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function checkBuiltin(file, specifier) {
  if (!specifier.startsWith('node:')) return `write node:${specifier}`;
  const inBrowser =
    BROWSER_PACKAGES.includes(file.workspace?.folder) && (file.role === 'source' || file.role === 'testing');
  return inBrowser ? `${specifier} does not exist in a browser` : undefined;
}

function everyImport(files, judge) {
  return files.flatMap((file) =>
    file.imports.flatMap((each) => {
      const problem = judge(file, each);
      return problem === undefined ? [] : [{ path: file.path, line: each.line, problem }];
    }),
  );
}
