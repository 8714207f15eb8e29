#!/usr/bin/env node
// Prints every break of the house rules as `file:line: problem`; exit code 1 when there is one.
import { checkArchitecture } from './architecture/check-architecture.mjs';
import { ROOT } from './run/paths.mjs';

const faults = checkArchitecture(ROOT);
for (const { path, line, problem } of faults) console.error(`${path}:${line}: ${problem}`);
if (faults.length === 0) console.log('Architecture: every rule holds.');
else
  console.error(
    `\n${faults.length} faults. The rules: docs/architecture.md, their tables: scripts/architecture/rules.mjs`,
  );
process.exitCode = faults.length === 0 ? 0 : 1;
