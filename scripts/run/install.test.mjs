import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isInstallCurrent } from './install.mjs';

const base = mkdtempSync(join(tmpdir(), 'install-'));
after(() => rmSync(base, { recursive: true, force: true }));

const lockOf = (version) =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1.0.0', optional: true } },
  });

/** A tree with this lockfile, and an install by hand of `installed` when given. */
function tree(name, locked, installed) {
  const root = join(base, name);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), lockOf(locked));
  if (installed)
    writeFileSync(
      join(root, 'node_modules', '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: installed } } }),
    );
  return root;
}

describe('whether the install is current', () => {
  it('a fresh clone is not', () => assert.equal(isInstallCurrent(tree('fresh', '1.0.0')), false));
  it("an install by hand is, without other platforms' optional packages", () =>
    assert.equal(isInstallCurrent(tree('hand', '1.0.0', '1.0.0')), true));
  it('an install of other versions is not', () =>
    assert.equal(isInstallCurrent(tree('other', '2.0.0', '1.0.0')), false));
  it('it is until the lockfile changes', () => {
    const root = tree('change', '1.0.0', '1.0.0');
    assert.equal(isInstallCurrent(root), true);
    writeFileSync(join(root, 'package-lock.json'), lockOf('2.0.0'));
    assert.equal(isInstallCurrent(root), false);
  });
});
