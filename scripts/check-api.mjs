#!/usr/bin/env node
// Compares the public API of every built package with docs/api-snapshots; --write rewrites the snapshots (npm run api:update).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeApi } from './api/describe-api.mjs';
import { listWorkspaces, ROOT } from './run/paths.mjs';

const folder = join(ROOT, 'docs', 'api-snapshots');
const published = listWorkspaces().filter(({ manifest }) => !manifest.private);
const write = process.argv.includes('--write');
mkdirSync(folder, { recursive: true });

const drifted = published.flatMap((workspace) => {
  const name = workspace.folder.split('/').at(-1);
  const path = join(folder, `${name}.md`);
  const now = describeApi(join(ROOT, workspace.folder), workspace.manifest);
  if (write) writeFileSync(path, now);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return before === now ? [] : [{ name, ...difference(before, now) }];
});

for (const { name, gone, added } of drifted) {
  console.error(`The public API of ${name} is not what docs/api-snapshots/${name}.md says:`);
  for (const line of gone) console.error(`  - ${line}`);
  for (const line of added) console.error(`  + ${line}`);
}
if (drifted.length > 0)
  console.error('\nIf the change is meant:  npm run api:update  and add a changeset (npm run changeset).');
else console.log(`Public API: ${published.length} packages as in docs/api-snapshots.`);
process.exitCode = drifted.length === 0 ? 0 : 1;

function difference(before, now) {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  return {
    gone: old.filter((line) => !fresh.includes(line)).slice(0, 20),
    added: fresh.filter((line) => !old.includes(line)).slice(0, 20),
  };
}
