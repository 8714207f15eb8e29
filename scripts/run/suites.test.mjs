import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { summaryPath, writeReport } from './reports.mjs';
import { printSum, runSuite } from './suites.mjs';
import { describeSuite, TIERS } from './tiers.mjs';

const tools = { node: process.execPath, env: process.env };
const context = { tools, missing: new Set(['chromium']), ci: false };
const root = mkdtempSync(join(tmpdir(), 'suites-'));
after(() => rmSync(root, { recursive: true, force: true }));

describe('runSuite', () => {
  it('counts a command as one, by its exit code', async () => {
    assert.equal((await runSuite({ name: 'good', command: ['node', '-e', ''] }, context)).passed, 1);
    const bad = await runSuite({ name: 'bad', command: ['node', '-e', 'process.exit(3)'] }, context);
    assert.deepEqual([bad.passed, bad.failed, bad.failures], [0, 1, ['bad ended with exit code 3']]);
  });
  it('skips a suite whose program is missing, with the reason', async () => {
    const outcome = await runSuite(
      { name: 'browser', command: ['node', '-e', 'process.exit(1)'], needs: ['chromium'] },
      context,
    );
    assert.deepEqual([outcome.failed, outcome.skipped, outcome.skips[0].reason], [0, 1, 'no chromium']);
  });
  it('in CI that is a failure', async () => {
    const outcome = await runSuite(
      { name: 'browser', command: ['node', '-e', ''], needs: ['chromium'] },
      { ...context, ci: true },
    );
    assert.deepEqual([outcome.failed, outcome.skipped], [1, 0]);
  });
});

describe('printSum', () => {
  it('adds the tiers up; one that ended without a result is a failure', () => {
    writeReport(summaryPath('test', root), { passed: 5, failed: 0, skipped: 1, failures: [] });
    assert.equal(printSum(['test'], root), 0);
    assert.equal(printSum(['test', 'test:full'], root), 1);
    writeReport(summaryPath('test:full', root), { passed: 5, failed: 1, skipped: 1, failures: ['a.test.ts: adds: 3'] });
    assert.equal(printSum(['test', 'test:full'], root), 1);
  });
  it('names every failure again, so that the end of the log tells them', (context) => {
    writeReport(summaryPath('check', root), { passed: 5, failed: 1, skipped: 0, failures: ['a.test.ts: adds: 3'] });
    const said = context.mock.method(process.stdout, 'write', () => true);
    printSum(['check'], root);
    const lines = said.mock.calls.map((call) => call.arguments[0]);
    said.mock.restore();
    assert.deepEqual(lines, ['failed   a.test.ts: adds: 3\n', '5 passed, 1 failed, 0 skipped\n']);
  });
});

describe('the table of suites', () => {
  const suites = Object.values(TIERS).flatMap(({ phases }) => phases.flatMap((phase) => phase.suites));
  it('gives each suite exactly one way to run', () => {
    for (const suite of suites)
      assert.equal([suite.turbo, suite.nodeTest, suite.command].filter(Boolean).length, 1, suite.name);
  });
  it('runs suites that measure sound and time alone and last', () => {
    const { phases } = TIERS.test;
    const firstAlone = phases.findIndex((phase) => phase.suites.some((suite) => suite.alone));
    assert.ok(phases.slice(firstAlone).every((phase) => phase.suites.every((suite) => suite.alone)));
  });
  it('says how to run each one alone', () => {
    for (const suite of suites) assert.match(describeSuite(suite), /^(node|npx) /);
  });
});
