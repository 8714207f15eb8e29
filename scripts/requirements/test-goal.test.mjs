import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../run/paths.mjs';

/** Tests written in the files that match, an `it.each` counted once. */
function countTests(...patterns) {
  const files = globSync(patterns, { cwd: ROOT }).filter((file) => !/(^|\/)(node_modules|dist)\//.test(file));
  return files.reduce((sum, file) => {
    return sum + (readFileSync(join(ROOT, file), 'utf8').match(/^\s*it(\.each|\.skipIf)?\(/gm)?.length ?? 0);
  }, 0);
}

describe('[S-1.5] the goal of thirty tests', () => {
  it('is met with ten of the model’s client and ten of the bridge’s sessions, without a network', () => {
    assert.ok(countTests('packages/bridge-node/src/media-plane/upstream/**/*.test.ts') >= 10);
    assert.ok(countTests('packages/bridge-node/src/media-plane/{session,participant}/*.test.ts') >= 10);
  });

  it('is met with ten of the whole', () => {
    assert.ok(countTests('packages/*/src/**/*.integration.test.ts', 'e2e/integration/*.test.ts') >= 10);
  });
});
