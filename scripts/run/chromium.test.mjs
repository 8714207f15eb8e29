import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findChromium } from './chromium.mjs';

const root = mkdtempSync(join(tmpdir(), 'chromium-'));
after(() => rmSync(root, { recursive: true, force: true }));

function program(name) {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  return path;
}

const playwrightWith = (path) => ({ chromium: { executablePath: () => path } });

describe('findChromium', () => {
  const asked = program('asked/chrome');
  const own = program('playwright/chrome');
  const installed = program('bin/chromium');
  const PATH = join(root, 'bin');

  it('takes CHROME_PATH first', () =>
    assert.equal(findChromium({ CHROME_PATH: asked, PATH }, playwrightWith(own)), asked));
  it('refuses a CHROME_PATH that does not exist, saying so', () => {
    assert.throws(() => findChromium({ CHROME_PATH: '/gone', PATH }, playwrightWith(own)), /CHROME_PATH names \/gone/);
  });
  it("then playwright's own, when it is there", () => {
    assert.equal(findChromium({ PATH }, playwrightWith(own)), own);
    assert.equal(findChromium({ PATH }, playwrightWith('/gone')), installed);
  });
  it('then one on PATH, also without playwright', () => assert.equal(findChromium({ PATH }, undefined), installed));
});
