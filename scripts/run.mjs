#!/usr/bin/env node
// Entry of every npm command of this repository. Needs no package, runs on Node 18 and up, and fetches what else is needed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench } from './run/bench.mjs';
import { explain, say } from './run/console.mjs';
import { ROOT } from './run/paths.mjs';
import { forwardSignals } from './run/processes.mjs';
import { serve, start } from './run/serve.mjs';
import { printSum, runTier } from './run/suites.mjs';

const [task = '', ...rest] = process.argv.slice(2);
const options = {
  refuse: rest.includes('--no-system-packages'),
  rest: rest.filter((word) => word !== '--no-system-packages'),
};

forwardSignals();
try {
  process.exitCode = await perform();
} catch (error) {
  explain(error);
  process.exitCode = 1;
}

function perform() {
  if (task === 'start') return start(options);
  if (task === 'serve') return serve(options);
  if (task === 'test' || task === 'test:full' || task === 'check') return runTier(task, options);
  if (task === 'sum') return printSum(['test', 'check', 'test:full']);
  if (task === 'soak') return bench('soak', options);
  if (task === 'fuzz') return bench('fuzz', options);
  if (task.startsWith('bench:')) return bench(task.slice('bench:'.length), options);
  const names = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts);
  say(`Unknown task "${task}". The commands are: ${names.map((name) => `npm run ${name}`).join(', ')}`);
  return 2;
}
