#!/usr/bin/env node
// Fails when an installed package has a licence outside the allow-list, or THIRD_PARTY_NOTICES.md is not what the tree says.
// With --write it rewrites the notices instead.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listInstalled, listShipped } from './licences/installed-packages.mjs';
import { writeNotices } from './licences/notices.mjs';
import { EXCEPTIONS, isAllowed } from './licences/policy.mjs';
import { listWorkspaces, ROOT } from './run/paths.mjs';

const path = join(ROOT, 'THIRD_PARTY_NOTICES.md');
const installed = listInstalled(ROOT);
const published = listWorkspaces().filter(({ manifest }) => !manifest.private);
const notices = writeNotices(ROOT, listShipped(ROOT, published));
const faults = installed
  .filter(({ name, licence }) => !isAllowed(licence) && EXCEPTIONS[name] === undefined)
  .map((each) => `${each.path}: licence ${each.licence} is not in scripts/licences/policy.mjs`);

if (process.argv.includes('--write')) writeFileSync(path, notices);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== notices)
  faults.push('THIRD_PARTY_NOTICES.md is out of date: run  npm run notices');

for (const fault of faults) console.error(fault);
if (faults.length === 0) console.log(`Licences: all ${installed.length} installed packages are allowed.`);
process.exitCode = faults.length === 0 ? 0 : 1;
