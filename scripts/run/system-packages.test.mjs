import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ensureSystemPackages } from './system-packages.mjs';

const root = mkdtempSync(join(tmpdir(), 'machine-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** A machine that has exactly these files, with the programs among them on its PATH. */
function machine(name, files, more = {}) {
  const folder = join(root, name);
  for (const path of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
    chmodSync(join(folder, path), 0o755);
  }
  return {
    env: { PATH: join(folder, 'bin') },
    root: folder,
    hasChromium: false,
    isRoot: true,
    distribution: 'debian',
    ...more,
  };
}

async function ensure(names, host, { refuse = false, succeeds = true } = {}) {
  const lines = [];
  const installed = [];
  const install = async (packages) => {
    installed.push(...packages);
    return succeeds;
  };
  const missing = await ensureSystemPackages(names, { refuse, host, install, print: (line) => lines.push(line) });
  return { missing, installed, text: lines.join('\n') };
}

const APT = 'bin/apt-get';
const RECOGNISER = ['bin/pocketsphinx_batch', 'usr/share/pocketsphinx/model/en-us/en-us/mdef'];

describe('system packages', () => {
  it('nothing is installed or said when all is there', async () => {
    assert.deepEqual(await ensure(['recogniser'], machine('a', [APT, ...RECOGNISER])), {
      missing: [],
      installed: [],
      text: '',
    });
  });
  it('on Debian as root the missing ones are listed before they are installed', async () => {
    const { missing, installed, text } = await ensure(['recogniser', 'recordings'], machine('b', [APT, ...RECOGNISER]));
    assert.deepEqual(missing, []);
    assert.deepEqual(installed, ['pocketsphinx-testdata', 'alsa-utils']);
    assert.match(text, /refuse with --no-system-packages.*pocketsphinx-testdata alsa-utils/);
  });
  it('a program without its model counts as missing', async () => {
    assert.deepEqual((await ensure(['recogniser'], machine('c', [APT, RECOGNISER[0]]))).installed, [
      'pocketsphinx',
      'pocketsphinx-en-us',
    ]);
  });
  it('--no-system-packages installs nothing and prints the command', async () => {
    const { missing, installed, text } = await ensure(['recogniser'], machine('d', [APT]), { refuse: true });
    assert.deepEqual({ missing, installed }, { missing: ['recogniser'], installed: [] });
    assert.match(text, /sudo apt-get install -y --no-install-recommends pocketsphinx pocketsphinx-en-us/);
  });
  it('without root nothing is installed and the command is printed', async () => {
    const { missing, installed, text } = await ensure(['recogniser'], machine('e', [APT], { isRoot: false }));
    assert.deepEqual({ missing, installed }, { missing: ['recogniser'], installed: [] });
    assert.match(text, /not root.*sudo apt-get install/);
  });
  it('without apt-get, nothing is tried', async () => {
    assert.deepEqual(await ensure(['recogniser'], machine('f', ['bin/dnf'], { distribution: 'fedora' })), {
      missing: ['recogniser'],
      installed: [],
      text: '',
    });
  });
  it("Ubuntu's chromium package, which needs snap, is not used", async () => {
    assert.deepEqual((await ensure(['chromium'], machine('g', [APT], { distribution: 'ubuntu' }))).installed, []);
  });
  it('a failed installation leaves the need missing and says how to look', async () => {
    const { missing, text } = await ensure(['recogniser'], machine('h', [APT]), { succeeds: false });
    assert.deepEqual(missing, ['recogniser']);
    assert.match(text, /apt-get failed/);
  });
});
