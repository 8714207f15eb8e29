import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listWorkspaces, ROOT, readJson } from './paths.mjs';

const FOLDER = 'test-results';
const MISSING_THING = /recogni[sz]er|pocketsphinx|recording|browser|chromium|firefox|pulseaudio|aiortc|coturn/i;

/**
 * Where a suite's report lies below a workspace folder (`''` is the root). A report is
 * `{ suite, startedAt, errors: string[], tests: { file, title, state: 'passed'|'failed'|'skipped', reason, seconds }[] }`;
 * `reason` is why it was skipped or failed.
 */
export function reportPath(folder, suite, root = ROOT) {
  return join(root, folder, FOLDER, `${suite}.json`);
}

/** Writes one report or summary, creating its folder. */
export function writeReport(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}

/** Removes a suite's old reports, so that a suite that dies cannot be counted with yesterday's. */
export function clearReports(folders, suite, root = ROOT) {
  for (const folder of folders) rmSync(reportPath(folder, suite, root), { force: true });
}

/** Reads the reports that these folders should have; `absent` lists the folders without one. */
export function readReports(folders, suite, root = ROOT) {
  const present = folders.filter((folder) => existsSync(reportPath(folder, suite, root)));
  return {
    reports: present.map((folder) => readJson(reportPath(folder, suite, root))),
    absent: folders.filter((folder) => !present.includes(folder)),
  };
}

/** Every test of every report of the last runs, in the root and all workspaces. */
export function readAllTests(root = ROOT) {
  const folders = ['', ...listWorkspaces(root).map((workspace) => workspace.folder)];
  return folders.flatMap((folder) => {
    const path = join(root, folder, FOLDER);
    if (!existsSync(path)) return [];
    const names = readdirSync(path).filter((name) => name.endsWith('.json') && !name.startsWith('summary-'));
    return names.flatMap((name) => readJson(join(path, name)).tests);
  });
}

/**
 * Counts a suite: `{ passed, failed, skipped, skips, failures }`. A suite whose program failed although no test did counts one failure.
 * With `ci`, a skip without a reason, or for want of a recogniser, recording or browser, is a failure.
 */
export function countSuite({ reports, absent, exitCode, ci }) {
  const tests = reports.flatMap((report) => report.tests);
  const skips = tests.filter((test) => test.state === 'skipped');
  const refused = ci ? skips.filter((test) => !test.reason || MISSING_THING.test(test.reason)) : [];
  const failures = [
    ...tests
      .filter((test) => test.state === 'failed')
      .map((test) => `${test.file}: ${test.title}: ${firstLine(test.reason)}`),
    ...refused.map(
      (test) => `${test.file}: ${test.title}: skipped, which CI does not allow: ${test.reason || 'no reason given'}`,
    ),
    ...reports.flatMap((report) => report.errors),
    ...absent.map(
      (folder) =>
        `${folder || 'scripts'}: no report was written (its vitest config must name scripts/run/vitest-report.mjs)`,
    ),
  ];
  if (exitCode !== 0 && failures.length === 0) failures.push(`the runner ended with exit code ${exitCode}`);
  return {
    passed: tests.filter((test) => test.state === 'passed').length,
    failed: failures.length,
    skipped: skips.length - refused.length,
    failures,
    skips: skips.filter((test) => !refused.includes(test)),
  };
}

function firstLine(text) {
  return text.trim().split('\n')[0];
}

/** Adds counts up. */
export function sumCounts(counts) {
  const add = (key) => counts.reduce((total, count) => total + count[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

/** The closing line: `N passed, N failed, N skipped`. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Where a command's total is kept for {@link formatCounts} over several commands. */
export function summaryPath(tier, root = ROOT) {
  return join(root, FOLDER, `summary-${tier.replace(':', '-')}.json`);
}
