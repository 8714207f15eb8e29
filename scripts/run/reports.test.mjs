import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countSuite, formatCounts, sumCounts } from './reports.mjs';

const test = (state, reason = '') => ({ file: 'a.test.ts', title: 'talks', state, reason, seconds: 0 });
const report = (...tests) => ({ suite: 'unit', startedAt: 0, errors: [], tests });
const count = (more) => countSuite({ reports: [], absent: [], exitCode: 0, ci: false, ...more });

describe('countSuite', () => {
  it('counts tests of all reports', () => {
    const { passed, failed, skipped } = count({
      reports: [report(test('passed'), test('skipped', 'no phone')), report(test('passed'))],
    });
    assert.deepEqual({ passed, failed, skipped }, { passed: 2, failed: 0, skipped: 1 });
  });
  it('counts a failed test once, although the runner failed with it', () => {
    assert.equal(count({ reports: [report(test('failed'))], exitCode: 1 }).failed, 1);
  });
  it('counts a runner that failed although no test did', () => {
    assert.equal(count({ reports: [report(test('passed'))], exitCode: 1 }).failed, 1);
  });
  it('counts a missing report and an error outside of tests', () => {
    assert.equal(count({ absent: ['packages/core'] }).failed, 1);
    assert.equal(count({ reports: [{ ...report(), errors: ['cannot import'] }] }).failed, 1);
  });
  for (const reason of [
    'this machine lacks: recogniser',
    'no recording',
    'no browser',
    'no Chromium',
    'Firefox is missing',
    'this machine lacks: aiortc',
    '',
  ]) {
    it(`in CI a skip is a failure: ${reason || 'without a reason'}`, () => {
      const skip = [report(test('skipped', reason))];
      assert.equal(count({ reports: skip, ci: true }).failed, 1);
      assert.equal(count({ reports: skip, ci: true }).skipped, 0);
      assert.equal(count({ reports: skip, ci: false }).skipped, 1);
    });
  }
  it('in CI a skip for another reason stays a skip', () => {
    assert.equal(count({ reports: [report(test('skipped', 'only on Windows'))], ci: true }).skipped, 1);
  });
});

describe('the closing line', () => {
  it('sums suites', () => {
    const sum = sumCounts([
      { passed: 2, failed: 0, skipped: 1 },
      { passed: 3, failed: 1, skipped: 0 },
    ]);
    assert.equal(formatCounts(sum), '5 passed, 1 failed, 1 skipped');
  });
});
