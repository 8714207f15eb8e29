import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { alteredCertificate } from '../../testing/altered-certificate.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { listen } from '../http/listen.ts';
import { describeLan } from './describe-lan.ts';

const TOKEN = 'owner-token-owner-token-owner-token';
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'voice-bridge-lan-'));
  cleanups.push(() => rmSync(path, { recursive: true }));
  return path;
}

/** What the terminal shows of a server that keeps its certificates there, and the fingerprint it tells. */
async function shown(cacheFolder: string) {
  const lan = { addresses: ['127.0.0.2'], cacheFolder, token: TOKEN };
  const server = await listen(createTestBridge(), { port: 0, lan });
  const access = server.lan ?? expect.fail('no lan');
  const text = describeLan(access);
  await server.close();
  return { text, fingerprint: access.fingerprint };
}

it('shows a code, the link with the token in its fragment, and the fingerprint', async () => {
  const { text, fingerprint } = await shown(folder());
  expect(text).toContain('https://127.0.0.2:');
  expect(text).toContain(`/lan#${TOKEN}`);
  expect(text).toContain(fingerprint);
  expect(text).toMatch(/[▀▄█]{10}/);
  expect(text).not.toContain('a new one');
});

it('says when the authority of an earlier version, which said no purpose, was made anew, and only then', async () => {
  const cache = folder();
  const before = await shown(cache);
  const file = join(cache, 'authority.pem');
  const [certPem = ''] =
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(readFileSync(file, 'utf8')) ?? [];
  const earlier = alteredCertificate(certPem, '551d25', '551d7f');
  writeFileSync(file, readFileSync(file, 'utf8').replace(certPem, earlier));
  const now = await shown(cache);
  expect(now.text).toContain('there is a new one');
  expect(now.fingerprint).not.toBe(before.fingerprint);
  const next = await shown(cache);
  expect(next.text).not.toContain('there is a new one');
  expect(next.fingerprint).toBe(now.fingerprint);
});
