#!/usr/bin/env node
// Adds the other platforms' optional binaries that `npm install` left out of package-lock.json, so that `npm ci` accepts its own
// lockfile everywhere (npm/cli#4828, #8320). Run after every install that changed the lockfile: `npm run relock` does.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLockfile } from './lockfile/complete-lockfile.mjs';
import { ROOT } from './run/paths.mjs';

const path = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = completeLockfile(lock);
if (added.length > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} optional packages of other platforms added`);
