import { posix } from 'node:path';
import { filesByTag, isFullTierFile, parsePage } from './requirements-page.mjs';

const PATH = /`((?:packages|examples|e2e|docs|scripts|benchmarks)\/[^`\s*]+|[A-Z_]+\.md)`/g;

const RESULTS = '`benchmarks/results/';

/**
 * Checks the page against the tests of the last runs. `exists` tells whether a path is in the repository, `read` gives a file's text.
 * Without `full`, tests that only `npm run test:full` runs need to be there, not to have run. Gives one sentence per fault.
 */
export function checkRequirements({ page, tests, exists, read, full }) {
  const { expected, rows } = parsePage(page);
  const byTag = filesByTag(tests);
  if (tests.length === 0) return ['no test report was found: run  npm test  first'];
  return [
    ...checkIds(expected, rows),
    ...rows.flatMap((row) => checkRow(row, byTag, exists)),
    ...rows.flatMap((row) => checkTests(row, { byTag, exists, read, full })),
    ...[...byTag]
      .filter(([id]) => !expected.includes(id))
      .map(([id, files]) => `${files.join(', ')}: there is no line ${id}`),
  ];
}

function checkIds(expected, rows) {
  const ids = rows.map(({ id }) => id);
  return [
    ...(expected.length === 0 ? ['the page has no "lines:" comment that says which lines there are'] : []),
    ...expected.filter((id) => !ids.includes(id)).map((id) => `${id} has no row`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} has two rows`),
    ...ids.filter((id) => !expected.includes(id)).map((id) => `${id} is no known line`),
  ];
}

function checkRow(row, byTag, exists) {
  const missing = Array.from(row.where.matchAll(PATH), (match) => match[1]).filter((path) => !exists(path));
  return [
    ...(row.isKnownState ? [] : [`${row.id}: "${row.state}" is no state`]),
    ...(row.where === '' ? [`${row.id}: says neither where nor why`] : []),
    ...missing.map((path) => `${row.id}: ${path} does not exist`),
    ...(row.state === 'planned' && byTag.has(row.id)
      ? [`${row.id}: is "planned", yet ${byTag.get(row.id).join(', ')} proves some of it`]
      : []),
    ...(row.state === 'done' && row.tests.length === 0 && !row.where.includes(RESULTS)
      ? [`${row.id}: is "done" and names neither a test nor a committed result`]
      : []),
    ...(row.state === 'planned' && row.tests.length > 0 ? [`${row.id}: is "planned" and names a test`] : []),
  ];
}

function checkTests(row, { byTag, exists, read, full }) {
  const proved = byTag.get(row.id) ?? [];
  const unproved = row.tests.filter((file) => !proved.includes(file));
  const faults = unproved.flatMap((file) => {
    if (!exists(file)) return [`${row.id}: ${file} does not exist`];
    if (!full && isFullTierFile(file))
      return holdsTag(file, row.id, read) ? [] : [`${row.id}: ${file} has no test tagged [${row.id}]`];
    return [`${row.id}: no test tagged [${row.id}] of ${file} ran and passed`];
  });
  const unnamed = proved.filter((file) => !row.tests.includes(file) && row.state !== 'planned');
  return [
    ...faults,
    ...unnamed.map((file) => `${row.id}: ${file} proves it and is not named (npm run requirements:update)`),
  ];
}

/** Whether the text of a test file, or of a suite that it takes from a `*.contract.ts` beside it, holds the tag. */
function holdsTag(file, id, read) {
  const text = read(file);
  const contracts = Array.from(text.matchAll(/from '(\.[^']+\.contract\.ts)'/g), (match) =>
    read(posix.join(posix.dirname(file), match[1])),
  );
  return [text, ...contracts].some((each) => each.includes(`[${id}]`));
}
