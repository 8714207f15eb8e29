import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeLockfile, platformOf } from './complete-lockfile.mjs';

describe('platformOf', () => {
  const cases = {
    '@biomejs/cli-darwin-arm64': { os: ['darwin'], cpu: ['arm64'] },
    '@biomejs/cli-linux-x64-musl': { os: ['linux'], cpu: ['x64'], libc: ['musl'] },
    '@turbo/windows-64': { os: ['win32'], cpu: ['x64'] },
    '@rollup/rollup-linux-arm-gnueabihf': { os: ['linux'], cpu: ['arm'], libc: ['glibc'] },
    '@esbuild/sunos-x64': { os: ['sunos'], cpu: ['x64'] },
    '@rolldown/binding-wasm32-wasi': { cpu: ['wasm32'] },
  };
  for (const [name, platform] of Object.entries(cases))
    it(`reads ${name}`, () => assert.deepEqual(platformOf(name), platform));
  it('leaves a package alone that names no platform', () => assert.equal(platformOf('@parcel/watcher'), undefined));
});

describe('completeLockfile', () => {
  const tool = {
    version: '1.0.0',
    dev: true,
    optionalDependencies: { '@t/linux-x64': '1.0.0', '@t/darwin-arm64': '1.0.0', fsevents: '~2.3.3' },
  };
  it('adds only what is missing, as optional entries without a download address', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/tool': tool,
        'node_modules/@t/linux-x64': { version: '1.0.0', optional: true },
      },
    };
    assert.deepEqual(completeLockfile(lock), ['node_modules/@t/darwin-arm64', 'node_modules/fsevents']);
    assert.deepEqual(lock.packages['node_modules/@t/darwin-arm64'], {
      version: '1.0.0',
      os: ['darwin'],
      cpu: ['arm64'],
      optional: true,
      dev: true,
    });
    assert.equal(lock.packages['node_modules/fsevents'].version, '2.3.3');
  });
  it('adds nothing the second time', () => {
    const lock = { packages: { '': {}, 'node_modules/tool': tool } };
    completeLockfile(lock);
    assert.deepEqual(completeLockfile(lock), []);
  });
  it('sees an entry nested below the dependent', () => {
    const nested = { ...tool, optionalDependencies: { '@t/darwin-arm64': '1.0.0' } };
    const lock = {
      packages: {
        'node_modules/a/node_modules/tool': nested,
        'node_modules/a/node_modules/@t/darwin-arm64': { version: '1.0.0' },
      },
    };
    assert.deepEqual(completeLockfile(lock), []);
  });
  it('adds a second version beside the dependent that needs it', () => {
    const first = { version: '2.0.0', optionalDependencies: { '@t/darwin-arm64': '2.0.0' } };
    const second = { version: '1.0.0', optionalDependencies: { '@t/darwin-arm64': '1.0.0' } };
    const lock = { packages: { 'node_modules/tool': first, 'node_modules/a/node_modules/tool': second } };
    assert.equal(completeLockfile(lock).length, 2);
    const versions = Object.entries(lock.packages).flatMap(([path, { version }]) =>
      path.includes('@t/') ? [`${path} ${version}`] : [],
    );
    assert.equal(new Set(versions).size, 2);
    assert.deepEqual(completeLockfile(lock), []);
  });
});
