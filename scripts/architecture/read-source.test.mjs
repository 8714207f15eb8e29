import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSource } from './read-source.mjs';

const specifiers = (text) => readSource(text).imports.map(({ specifier }) => specifier);

describe('readSource', () => {
  it('finds every form of import', () => {
    const text = `
import a from 'a';
import { b,
  c } from "b";
import * as d from 'd';
import 'e';
export { f } from 'f';
export * from 'g';
const h = await import('h');
const i = require('i');
`;
    assert.deepEqual(specifiers(text).sort(), ['a', 'b', 'd', 'e', 'f', 'g', 'h', 'i']);
  });
  it('tells types from values', () => {
    const text =
      "import type { A } from 'a';\nimport { type B } from 'b';\nimport { type C, d } from 'c';\nimport type from 'd';\n";
    assert.deepEqual(
      readSource(text).imports.map(({ typeOnly }) => typeOnly),
      [true, true, false, false],
    );
  });
  it('ignores imports in comments, strings, templates and regular expressions', () => {
    const text =
      "// import 'a';\n/* import 'b'; */\nconst c = \"import 'c'\";\nconst d = `import 'd'`;\nconst e = /import 'e'/;\n";
    assert.deepEqual(specifiers(text), []);
  });
  it('keeps code inside template holes, also nested ones', () => {
    const { code } = readSource('const a = `x $' + '{f({ b: `$' + '{Date.now()}` })} y`;');
    assert.match(code, /f\(\{ b: .*Date\.now\(\)/);
    assert.doesNotMatch(code, /x|y/);
  });
  it('is not led astray by an apostrophe in JSX or a quote in a regular expression', () => {
    const text =
      "const a = <p>Don't</p>;\nconst b = text.split(/['\"]/);\nimport 'c';\nconst d = 1 / 2;\nimport 'e';\n";
    assert.deepEqual(specifiers(text), ['c', 'e']);
  });
  it('says the line of each import', () => {
    assert.equal(readSource("\n\nimport 'a';\n").imports[0].line, 3);
  });
});
