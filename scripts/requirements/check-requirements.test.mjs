import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkRequirements } from './check-requirements.mjs';
import { filesByTag, updatePage } from './requirements-page.mjs';

const row = (id, state = 'planned', tests = '', where = 'later') =>
  `| ${id} | what \\| ever | ${state} | ${where} | ${tests} |`;
const pageOf = (...rows) => `# Requirements\n<!-- lines: S-0 2, S-1 1 -->\n| line | what |\n${rows.join('\n')}\n`;
const passed = (title, file = 'e2e/a.test.ts') => ({ title, file, state: 'passed' });
const other = passed('something else');

/** The faults of a page, in a repository that has exactly `files` (path to text). */
function faultsOf(page, tests, { files = { 'e2e/a.test.ts': '', 'docs/x.md': '' }, full = false } = {}) {
  return checkRequirements({
    page,
    tests: [other, ...tests],
    exists: (path) => path in files,
    read: (path) => files[path],
    full,
  });
}

describe('the rows', () => {
  it('are complete', () => {
    assert.deepEqual(faultsOf(pageOf(row('S-0.1'), row('S-0.2'), row('S-1.1')), []), []);
  });
  it('a missing, a doubled and an unknown line are found', () => {
    const faults = faultsOf(pageOf(row('S-0.1'), row('S-0.1'), row('S-1.1'), row('S-9.9')), []);
    assert.deepEqual(faults, ['S-0.2 has no row', 'S-0.1 has two rows', 'S-9.9 is no known line']);
  });
  it('a page without the list of lines is found', () => {
    assert.match(faultsOf(row('S-0.1'), [])[0], /no "lines:" comment/);
  });
  it('an unknown state, an empty place and a path that does not exist are found', () => {
    const page = pageOf(
      row('S-0.1', 'finished'),
      row('S-0.2', 'part', '', ''),
      row('S-1.1', 'part', '', 'in `packages/gone/a.ts`'),
    );
    assert.deepEqual(faultsOf(page, []), [
      'S-0.1: "finished" is no state',
      'S-0.2: says neither where nor why',
      'S-1.1: packages/gone/a.ts does not exist',
    ]);
  });
});

describe('a row that is done', () => {
  it('names a test or a committed result', () => {
    const [result, elsewhere] = ['`benchmarks/results/a.md`', '`docs/a.md`'];
    const files = { 'benchmarks/results/a.md': '', 'docs/a.md': '' };
    const page = pageOf(row('S-0.1', 'done', '', result), row('S-0.2', 'done', '', elsewhere), row('S-1.1'));
    assert.deepEqual(faultsOf(page, [], { files }), [
      'S-0.2: is "done" and names neither a test nor a committed result',
    ]);
  });
});

describe('a claimed test', () => {
  const page = pageOf(row('S-0.1', 'done', '`e2e/a.test.ts`'), row('S-0.2'), row('S-1.1'));
  it('that passed satisfies its row', () => {
    assert.deepEqual(faultsOf(page, [passed('[S-0.1] talks')]), []);
  });
  it('that did not run is found', () => {
    assert.deepEqual(faultsOf(page, []), ['S-0.1: no test tagged [S-0.1] of e2e/a.test.ts ran and passed']);
  });
  it('that was skipped or failed is found', () => {
    for (const state of ['skipped', 'failed'])
      assert.equal(faultsOf(page, [{ ...passed('[S-0.1] talks'), state }]).length, 1);
  });
  it('whose tag only begins alike is found', () => {
    assert.equal(
      faultsOf(page, [passed('[S-0.11] talks')]).some((fault) => /S-0\.1:/.test(fault)),
      true,
    );
  });
  it('whose file is gone is found', () => {
    assert.deepEqual(faultsOf(page, [], { files: {} }), ['S-0.1: e2e/a.test.ts does not exist']);
  });
  it('of the full tier only needs to be there, until the full tier ran', () => {
    const fullPage = pageOf(row('S-0.1', 'done', '`e2e/full/b.test.ts`'), row('S-0.2'), row('S-1.1'));
    const files = { 'e2e/full/b.test.ts': "it('[S-0.1] talks')" };
    assert.deepEqual(faultsOf(fullPage, [], { files }), []);
    for (const file of [
      'e2e/phone/b.test.ts',
      'e2e/clients/b.test.ts',
      'benchmarks/b/b.test.ts',
      'packages/b/b.full.test.ts',
    ]) {
      const page = pageOf(row('S-0.1', 'done', `\`${file}\``), row('S-0.2'), row('S-1.1'));
      assert.deepEqual(faultsOf(page, [], { files: { [file]: "it('[S-0.1] talks')" } }), []);
    }
    assert.equal(faultsOf(fullPage, [], { files: { 'e2e/full/b.test.ts': '' } }).length, 1);
    assert.equal(faultsOf(fullPage, [], { files, full: true }).length, 1);
  });
  it('of the full tier may have its tag in the contract suite it runs', () => {
    const fullPage = pageOf(row('S-0.1', 'done', '`e2e/full/b.test.ts`'), row('S-0.2'), row('S-1.1'));
    const files = {
      'e2e/full/b.test.ts': "import { legContract } from './support/leg.contract.ts';",
      'e2e/full/support/leg.contract.ts': "it('[S-0.1] talks')",
    };
    assert.deepEqual(faultsOf(fullPage, [], { files }), []);
    assert.equal(faultsOf(fullPage, [], { files: { ...files, 'e2e/full/support/leg.contract.ts': '' } }).length, 1);
  });
});

describe('a tagged test', () => {
  it('that its row does not name is found', () => {
    const page = pageOf(row('S-0.1', 'part'), row('S-0.2'), row('S-1.1'));
    assert.match(faultsOf(page, [passed('[S-0.1] talks')])[0], /not named/);
  });
  it('of a row that says planned is found', () => {
    const page = pageOf(row('S-0.1'), row('S-0.2'), row('S-1.1'));
    assert.match(faultsOf(page, [passed('[S-0.1] talks')])[0], /is "planned", yet/);
  });
  it('of no line is found', () => {
    const page = pageOf(row('S-0.1'), row('S-0.2'), row('S-1.1'));
    assert.match(faultsOf(page, [passed('[S-7.1] talks')])[0], /there is no line S-7\.1/);
  });
});

describe('without any report', () => {
  it('nothing is believed', () => {
    assert.match(checkRequirements({ page: pageOf(row('S-0.1')), tests: [] })[0], /npm test/);
  });
});

describe('updatePage', () => {
  const page = pageOf(
    row('S-0.1', 'planned'),
    row('S-0.2', 'done', '`e2e/old.test.ts`'),
    row('S-1.1', 'done', '`e2e/full/b.test.ts`'),
  );
  const byTag = filesByTag([passed('[S-0.1] a', 'b.test.ts'), passed('[S-0.1] [S-1.1] b', 'a.test.ts')]);
  const update = (text) => updatePage(text, byTag, (file, id) => file === 'e2e/full/b.test.ts' && id === 'S-1.1');

  it('names the files that passed, keeps the other cells, and makes a planned row part', () => {
    assert.match(update(page), /\| S-0\.1 \| what \\\| ever \| part \| later \| `a\.test\.ts`<br>`b\.test\.ts` \|/);
  });
  it('drops a file without the tag, and keeps one that has it and did not run', () => {
    assert.match(update(page), /\| S-0\.2 \| what \\\| ever \| done \| later \| \|/);
    assert.match(update(page), /\| S-1\.1 .* `a\.test\.ts`<br>`e2e\/full\/b\.test\.ts` \|/);
  });
  it('changes nothing the second time', () => assert.equal(update(update(page)), update(page)));
});
