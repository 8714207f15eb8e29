import { relative } from 'node:path';
import { ROOT } from './paths.mjs';
import { reportPath, writeReport } from './reports.mjs';

/** Reporter for `node --test` that writes one report of `reports.mjs`; its own output stays empty. */
export default async function* nodeReport(events) {
  const suite = process.env.VOICE_BRIDGE_SUITE ?? 'scripts';
  const report = { suite, startedAt: Date.now(), errors: [], tests: [] };
  const path = [];
  for await (const { type, data } of events) {
    if (type === 'test:start') path[data.nesting] = data.name;
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details.type === 'suite') continue;
    report.tests.push(describe(type, data, path));
  }
  writeReport(reportPath('', suite), report);
  yield '';
}

function describe(type, data, path) {
  const skipped = data.skip !== undefined || data.todo !== undefined;
  return {
    file: relative(ROOT, data.file ?? ''),
    title: [...path.slice(0, data.nesting), data.name].join(' > '),
    state: skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed',
    reason: typeof data.skip === 'string' ? data.skip : (data.details.error?.cause?.message ?? ''),
    seconds: (data.details.duration_ms ?? 0) / 1000,
  };
}
