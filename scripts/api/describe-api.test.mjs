import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { describeApi } from './describe-api.mjs';

const folder = mkdtempSync(join(tmpdir(), 'api-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const manifest = { name: 'pkg', exports: { '.': { types: './dist/index.d.ts' }, './package.json': './package.json' } };

function describePackage(index, chunk = '') {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'index.d.ts'), index);
  writeFileSync(join(folder, 'dist', 'chunk-AbC123.d.ts'), chunk);
  return describeApi(folder, manifest);
}

const INDEX = "export { a as open, B } from './chunk-AbC123.js';\n";
const CHUNK =
  '/** Opens. */\ndeclare function a(x: Hidden): void;\ninterface Hidden { y: string; }\ninterface B { z: number; }\nexport { a, B };\n';

describe('describeApi', () => {
  it('prints every exported name with its declaration, and what it mentions', () => {
    const text = describePackage(INDEX, CHUNK);
    assert.match(text, /### B\n\n```ts\ninterface B/);
    assert.match(text, /### open\n\n```ts\nfunction a\(x: Hidden\): void;/);
    assert.match(text, /### Hidden \(mentioned\)/);
  });
  it('does not change with comments or the names of chunks', () => {
    assert.equal(describePackage(INDEX, CHUNK.replace('Opens.', 'Opens it all.')), describePackage(INDEX, CHUNK));
    assert.doesNotMatch(describePackage(INDEX, CHUNK), /AbC123/);
  });
  it('changes with a parameter, also of a type that is only mentioned', () => {
    assert.notEqual(describePackage(INDEX, CHUNK.replace('y: string', 'y: number')), describePackage(INDEX, CHUNK));
  });
  it('does not change with the order in which the compiler found the values of an enum', () => {
    const role = (...values) => {
      const list = values.map((value) => `    ${value}: "${value}";\n`).join('');
      return describePackage(`export declare const role: ZodMiniEnum<{\n${list}}>;\n`);
    };
    assert.equal(role('user', 'assistant'), role('assistant', 'user'));
    assert.notEqual(role('user', 'assistant'), role('user'));
  });
  it('says to build when there is nothing to describe', () => {
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
    assert.throws(() => describeApi(folder, manifest), /build first/);
  });
});
