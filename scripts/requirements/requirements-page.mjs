const STATES = ['done', 'part', 'planned', 'other'];
const ROW = /^\|\s*(S-\d+\.\d+)\s*\|/;

/** Parses the page: the ids it must have (from its `lines:` comment) and its rows `{ id, what, state, where, tests, line }`. */
export function parsePage(text) {
  const rows = text.split('\n').flatMap((content, index) => (ROW.test(content) ? [parseRow(content, index + 1)] : []));
  return { expected: expectedIds(text), rows };
}

/**
 * The page with the files in `byTag` entered in their rows, and planned rows with a test made `part`. A file named before stays while
 * `isTagged(file, id)`: a test that failed once is no reason to forget it.
 */
export function updatePage(text, byTag, isTagged) {
  const update = (row) => {
    const tests = [
      ...new Set([...(byTag.get(row.id) ?? []), ...row.tests.filter((file) => isTagged(file, row.id))]),
    ].sort();
    return { ...row, tests, state: row.state === 'planned' && tests.length > 0 ? 'part' : row.state };
  };
  return text
    .split('\n')
    .map((content, index) => (ROW.test(content) ? formatRow(update(parseRow(content, index + 1))) : content))
    .join('\n');
}

/** Test file (relative path) to the tags of its passed tests, turned round: tag such as `S-2.6` to sorted files. */
export function filesByTag(tests) {
  const found = new Map();
  for (const test of tests.filter(({ state }) => state === 'passed')) {
    for (const [, id] of test.title.matchAll(/\[(S-\d+\.\d+)\]/g))
      found.set(id, (found.get(id) ?? new Set()).add(test.file));
  }
  return new Map([...found].map(([id, files]) => [id, [...files].sort()]));
}

/** Tests that only `npm run test:full` runs. */
export function isFullTierFile(file) {
  return /^(benchmarks|e2e\/(full|phone|clients))\/|\.full(\.test)?\.[a-z]+$/.test(file);
}

function expectedIds(text) {
  const list = /<!-- lines: (.*) -->/.exec(text)?.[1] ?? '';
  return list.split(', ').flatMap((part) => {
    const [group, count] = part.split(' ');
    return Array.from({ length: Number(count ?? 0) }, (_, index) => `${group}.${index + 1}`);
  });
}

function parseRow(content, line) {
  const cells = content.split(/(?<!\\)\|/).map((cell) => cell.trim());
  const [, id, what, state = '', where = '', tests = ''] = cells;
  return {
    id,
    what,
    state,
    where,
    tests: Array.from(tests.matchAll(/`([^`]+)`/g), (match) => match[1]),
    line,
    isKnownState: STATES.includes(state),
  };
}

function formatRow({ id, what, state, where, tests }) {
  return `| ${id} | ${what} | ${state} | ${where} | ${tests.map((file) => `\`${file}\``).join('<br>')} |`.replace(
    /\|\s+\|$/,
    '| |',
  );
}
