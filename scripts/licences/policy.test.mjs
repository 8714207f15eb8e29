import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAllowed } from './policy.mjs';

describe('isAllowed', () => {
  for (const licence of ['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', 'MIT OR Apache-2.0']) {
    it(`takes ${licence}`, () => assert.equal(isAllowed(licence), true));
  }
  for (const licence of [
    'GPL-3.0-only',
    'LGPL-2.1',
    'AGPL-3.0',
    'MIT AND GPL-2.0',
    'none stated',
    'SEE LICENSE IN x',
    '',
  ]) {
    it(`refuses ${licence || 'an empty one'}`, () => assert.equal(isAllowed(licence), false));
  }
});
