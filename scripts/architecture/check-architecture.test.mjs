import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkArchitecture } from './check-architecture.mjs';
import { plantTree } from './planted-tree.mjs';

/** The problems found in a tree with these files, as `path: problem`. */
function faultsOf(files) {
  const tree = plantTree(files);
  try {
    return checkArchitecture(tree.root).map(({ path, problem }) => `${path}: ${problem}`);
  } finally {
    tree.remove();
  }
}

/** Asserts that exactly one fault is found, and that it matches. */
function assertOneFault(files, pattern) {
  const faults = faultsOf(files);
  assert.equal(faults.length, 1, `expected one fault, got ${JSON.stringify(faults)}`);
  assert.match(faults[0], pattern);
}

const bridge = 'packages/bridge-node/src';

describe('a tree that keeps every rule', () => {
  it('has no fault', () => {
    const files = {
      'packages/core/src/index.ts': "export { a } from './a.ts';\n",
      'packages/core/src/a.ts': "import * as z from 'zod/mini';\nexport const a = z.string();\n",
      'packages/media-node/src/connection.ts':
        "import { RTCPeerConnection } from 'werift';\nimport { a } from '@voice-bridge/core';\n",
      [`${bridge}/media-plane/run.ts`]:
        "import { go } from '../seam/go.ts';\nimport { a } from '@voice-bridge/media-node';\n",
      [`${bridge}/seam/go.ts`]: "import type { A } from '@voice-bridge/core';\nexport const go = 1;\n",
      [`${bridge}/media-plane/run.test.ts`]:
        "import { it } from 'vitest';\nimport { x } from '../control-plane/x.ts';\nimport { f } from '@voice-bridge/core/testing';\n",
      [`${bridge}/control-plane/x.ts`]:
        "// import { b } from '../media-plane/run.ts'; only a comment\nexport const x = 'Date.now()';\n",
      'packages/react-hooks/src/index.ts':
        "import type { A } from '@voice-bridge/core';\nimport { b } from '@voice-bridge/browser-client';\nimport { useState } from 'react';\n",
      'e2e/talk.test.ts': "import { startLocalRealtime } from '@voice-bridge/local-realtime';\n",
    };
    assert.deepEqual(faultsOf(files), []);
  });
});

describe('directions between packages', () => {
  it('finds core importing media-node', () => {
    const files = { 'packages/core/src/a.ts': "import { x } from '@voice-bridge/media-node';\n" };
    assert.ok(faultsOf(files).some((fault) => /core may not import @voice-bridge\/media-node/.test(fault)));
  });
  it('finds bridge-node importing local-realtime, also in its tests', () => {
    const files = { [`${bridge}/a.test.ts`]: "const x = await import('@voice-bridge/local-realtime');\n" };
    assert.ok(faultsOf(files).some((fault) => /bridge-node may not import @voice-bridge\/local-realtime/.test(fault)));
  });
  it('finds react-hooks importing more than types of core', () => {
    assertOneFault(
      { 'packages/react-hooks/src/a.ts': "import { x } from '@voice-bridge/core';\n" },
      /only types may be imported/,
    );
  });
  it('finds an import past the public entries', () => {
    assertOneFault(
      { 'packages/media-node/src/a.ts': "import { x } from '@voice-bridge/core/dist/a.js';\n" },
      /no public entry/,
    );
  });
  it('finds a relative import into another package', () => {
    const files = {
      'packages/media-node/src/a.ts': "import { x } from '../../core/src/b.ts';\n",
      'packages/core/src/b.ts': 'export const x = 1;\n',
    };
    assertOneFault(files, /leaves packages\/media-node/);
  });
});

describe('directions between folders', () => {
  it('finds the media plane importing the control plane', () => {
    const files = {
      [`${bridge}/media-plane/a.ts`]: "import { x } from '../control-plane/b.ts';\n",
      [`${bridge}/control-plane/b.ts`]: 'export const x = 1;\n',
    };
    assertOneFault(files, /media-plane\/ may not import .*control-plane\/b\.ts/);
  });
  it('finds the control plane importing the media plane, types included', () => {
    const files = {
      [`${bridge}/control-plane/a.ts`]: "import type { X } from '../media-plane/b.ts';\n",
      [`${bridge}/media-plane/b.ts`]: 'export const x = 1;\n',
    };
    assertOneFault(files, /control-plane\/ may not import/);
  });
  it('finds the control plane importing media-node', () => {
    assertOneFault(
      { [`${bridge}/control-plane/a.ts`]: "import { x } from '@voice-bridge/media-node';\n" },
      /control-plane\/ may not import @voice-bridge\/media-node/,
    );
  });
  it('finds the seam importing a plane', () => {
    const files = {
      [`${bridge}/seam/a.ts`]: "export { x } from '../media-plane/b.ts';\n",
      [`${bridge}/media-plane/b.ts`]: 'export const x = 1;\n',
    };
    assertOneFault(files, /seam\/ may not import/);
  });
});

describe('circles', () => {
  it('finds a circle over three files and names its way', () => {
    const files = {
      'packages/core/src/a.ts': "import './b.ts';\n",
      'packages/core/src/b.ts': "import type { C } from './c.ts';\n",
      'packages/core/src/c.ts': "export { a } from './a.ts';\n",
    };
    assertOneFault(
      files,
      /circular import: packages\/core\/src\/a\.ts → .*b\.ts → .*c\.ts → packages\/core\/src\/a\.ts/,
    );
  });
});

describe('one file per foreign thing', () => {
  it('finds werift named in two files', () => {
    const files = {
      'packages/media-node/src/a.ts': "import 'werift';\n",
      'packages/media-node/src/b.ts': "import type { X } from 'werift';\n",
    };
    assert.equal(faultsOf(files).filter((fault) => /werift is named in 2 files/.test(fault)).length, 2);
  });
  it('lets ws have two roles and no third', () => {
    const two = { [`${bridge}/a.ts`]: "import 'ws';\n", [`${bridge}/b.ts`]: "import 'ws';\n" };
    assert.deepEqual(faultsOf(two), []);
    assert.equal(faultsOf({ ...two, [`${bridge}/c.ts`]: "import 'ws';\n" }).length, 3);
  });
  it('lets each folder have one writer with node:fs', () => {
    const files = { [`${bridge}/x/a.ts`]: "import 'node:fs';\n", [`${bridge}/y/b.ts`]: "import 'node:fs/promises';\n" };
    assert.deepEqual(faultsOf(files), []);
    assert.equal(faultsOf({ ...files, [`${bridge}/y/c.ts`]: "import 'node:fs';\n" }).length, 2);
  });
  for (const name of ['RTCPeerConnection', 'AudioContext', 'WebSocket']) {
    it(`finds ${name} in two files of a browser package`, () => {
      const files = {
        'packages/browser-client/src/a.ts': `new ${name}();\n`,
        'packages/browser-client/src/b.ts': `typeof ${name};\n`,
      };
      assert.equal(faultsOf(files).filter((fault) => fault.includes(`${name} is named in 2 files`)).length, 2);
    });
  }
  it('finds getUserMedia in two files', () => {
    const call = 'navigator.mediaDevices.getUserMedia({});\n';
    assert.equal(
      faultsOf({ 'packages/browser-client/src/a.ts': call, 'packages/browser-client/src/b.ts': call }).length,
      2,
    );
  });
  it('does not count comments, strings and tests', () => {
    const files = {
      'packages/browser-client/src/a.ts': 'new AudioContext();\n',
      'packages/browser-client/src/b.ts': "/** Not an AudioContext. */ const text = 'AudioContext';\n",
      'packages/browser-client/src/a.test.ts': 'new AudioContext();\n',
    };
    assert.deepEqual(faultsOf(files), []);
  });
});

describe('dependencies', () => {
  it('finds a library that is not declared', () => {
    assertOneFault({ 'packages/core/src/a.ts': "import x from 'left-pad';\n" }, /left-pad is not in the dependencies/);
  });
  it('finds shipped code that leans on a development dependency', () => {
    assertOneFault({ 'packages/core/src/a.ts': "import { it } from 'vitest';\n" }, /vitest is not in the dependencies/);
  });
  it('finds a Node built-in in a browser package', () => {
    assertOneFault(
      { 'packages/browser-client/src/a.ts': "import { join } from 'node:path';\n" },
      /does not exist in a browser/,
    );
  });
  it('finds a built-in without node:', () => {
    assertOneFault({ [`${bridge}/a.ts`]: "import { join } from 'path';\n" }, /write node:path/);
  });
});

describe('files', () => {
  it('finds a file of 301 lines, tests included', () => {
    assertOneFault({ 'packages/core/src/a.test.ts': 'x;\n'.repeat(301) }, /301 lines/);
    assert.deepEqual(faultsOf({ 'packages/core/src/a.test.ts': 'x;\n'.repeat(300) }), []);
  });
  for (const path of ['examples/demo/src/style.css', 'examples/demo/index.html', 'scripts/run.mjs']) {
    it(`finds 301 lines of ${path.split('.').at(-1)}`, () => {
      assertOneFault({ [path]: 'x;\n'.repeat(301) }, /301 lines/);
      assert.deepEqual(faultsOf({ [path]: 'x;\n'.repeat(300) }), []);
    });
  }
  it('finds a relative import without extension', () => {
    assertOneFault({ 'packages/core/src/a.ts': "import './b';\n", 'packages/core/src/b.ts': 'x;\n' }, /names no file/);
  });
  it('finds export *', () => {
    assertOneFault(
      { 'packages/core/src/index.ts': "export * from './b.ts';\n", 'packages/core/src/b.ts': 'x;\n' },
      /write every public name out/,
    );
  });
  it('finds shipped code that imports a fake', () => {
    assertOneFault(
      { [`${bridge}/a.ts`]: "import { ManualClock } from '@voice-bridge/core/testing';\n" },
      /is for tests/,
    );
  });
});

describe('purity', () => {
  const calls = [
    'Date.now()',
    'new Date()',
    'Math.random()',
    'performance.now()',
    'setTimeout(f, 1)',
    'setInterval(f, 1)',
    'crypto.randomUUID()',
  ];
  for (const call of calls) {
    it(`finds ${call} in core`, () => {
      assertOneFault({ 'packages/core/src/a.ts': `const x = 1;\nexport const y = ${call};\n` }, /in a pure file/);
    });
  }
  it('finds a clock in a step file and in client-state.ts of other packages, and nowhere else', () => {
    assertOneFault({ [`${bridge}/control-plane/step-turn.ts`]: 'Date.now();\n' }, /in a pure file/);
    assertOneFault({ 'packages/browser-client/src/client-state.ts': 'Date.now();\n' }, /in a pure file/);
    assert.deepEqual(
      faultsOf({ [`${bridge}/a.ts`]: 'Date.now();\n', 'packages/core/src/a.test.ts': 'Date.now();\n' }),
      [],
    );
  });
});
