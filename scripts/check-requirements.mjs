#!/usr/bin/env node
// Keeps docs/requirements.md true to the tests that ran; --write fills its last column in, --full counts `npm run test:full` too.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRequirements } from './requirements/check-requirements.mjs';
import { filesByTag, parsePage, updatePage } from './requirements/requirements-page.mjs';
import { ROOT } from './run/paths.mjs';
import { readAllTests } from './run/reports.mjs';

const path = join(ROOT, 'docs', 'requirements.md');
const tests = readAllTests();
const exists = (file) => existsSync(join(ROOT, file));
const read = (file) => readFileSync(join(ROOT, file), 'utf8');
if (process.argv.includes('--write')) {
  const isTagged = (file, id) => exists(file) && read(file).includes(`[${id}]`);
  writeFileSync(path, updatePage(readFileSync(path, 'utf8'), filesByTag(tests), isTagged));
}
const page = readFileSync(path, 'utf8');
const faults = checkRequirements({ page, tests, exists, read, full: process.argv.includes('--full') });

for (const fault of faults) console.error(`docs/requirements.md: ${fault}`);
const { rows } = parsePage(page);
const count = (state) => rows.filter((row) => row.state === state).length;
console.log(
  `Requirements: ${rows.length} lines, ${count('done')} done, ${count('part')} in part, ${count('planned')} planned, ${count('other')} answered differently.`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
