import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outcome } from '../../testing/ask.ts';
import { createAuthority } from './certificate-authority.ts';
import { type LanDoor, LanPages } from './lan-pages.ts';
import { OwnerToken } from './owner-token.ts';

const HERE = 'https://192.168.1.5:3000';
const token = new OwnerToken(3_000, 'owner-token-owner-token-owner-token');
const { certPem } = await createAuthority('studio', Date.now());
const pages = new LanPages({
  urls: () => [HERE, 'https://studio.local:3000'],
  authorityPem: certPem,
  token,
  bind: { origins: () => [HERE, 'https://studio.local:3000'], isOwner: (request) => token.isShownBy(request) },
  startPath: '/',
});

/** Asks as a browser does that was led to `host`. */
async function ask(door: LanDoor, path: string, host: string, headers: Record<string, string> = {}, body?: string) {
  const scheme = door === 'lan' ? 'https' : 'http';
  const init = { headers: { host, ...headers }, ...(body === undefined ? {} : { method: 'POST', body }) };
  return (await pages.answer(new Request(`${scheme}://${host}${path}`, init), door)) ?? expect.fail('not answered');
}

describe('what is told under /lan', () => {
  it.each<[LanDoor, string]>([
    ['loopback', 'localhost:3000'],
    ['loopback', '127.0.0.1:3000'],
    ['loopback', '[::1]:3000'],
    ['lan', '192.168.1.5:3000'],
    ['lan', 'studio.local:3000'],
  ])('at %s is told to who asks %s', async (door, host) => {
    const info = await ask(door, '/lan/info', host, { 'sec-fetch-site': 'same-origin' });
    expect(await info.json()).toMatchObject({ urls: [HERE, 'https://studio.local:3000'], owner: door === 'loopback' });
    expect(info.headers.get('access-control-allow-origin')).toBeNull();
    expect(await (await ask(door, '/lan', host)).text()).toContain('Download the certificate');
  });

  it.each<[LanDoor, string]>([
    ['loopback', 'evil.example:3000'],
    ['loopback', 'localhost.evil.example'],
    ['loopback', '192.168.1.5:3000'],
    ['lan', 'evil.example:3000'],
    ['lan', 'localhost:3000'],
    ['lan', '192.168.1.6:3000'],
    ['lan', '192.168.1.5:3001'],
  ])('at %s is not told to who was led here by the name %s (DNS rebinding)', async (door, host) => {
    for (const path of ['/lan/info', '/lan', '/lan/', '/lan/voice-bridge.crt']) {
      const refused = await ask(door, path, host);
      expect(refused.headers.get('cache-control')).toBe('no-store');
      const text = await refused.clone().text();
      expect([text.includes('192.168.1.5'), text.includes('CERTIFICATE')]).toEqual([false, false]);
      expect(await outcome(refused)).toEqual([403, 'host_not_allowed']);
    }
  });

  it.each<[string, Record<string, string>]>([
    ['of another site', { origin: 'https://evil.example' }],
    ['of no site', { origin: 'null' }],
    ['that embeds it', { 'sec-fetch-site': 'cross-site' }],
    ['of a neighbour that embeds it', { 'sec-fetch-site': 'same-site' }],
  ])('is not told to a page %s, which may link to the first page all the same', async (_name, headers) => {
    for (const [door, host] of [
      ['loopback', 'localhost:3000'],
      ['lan', '192.168.1.5:3000'],
    ] as const) {
      expect(await outcome(ask(door, '/lan/info', host, headers))).toEqual([403, 'origin_not_allowed']);
      const linked = { 'sec-fetch-site': headers['sec-fetch-site'] ?? 'none' };
      expect((await ask(door, '/lan', host, linked)).status).toBe(200);
    }
  });

  it('takes the owner’s token from its own page alone', async () => {
    const letIn = (headers: Record<string, string>, host = '192.168.1.5:3000') =>
      ask('lan', '/lan/owner', host, { 'content-length': String(token.value.length), ...headers }, token.value);
    const { status, headers } = await letIn({ origin: HERE });
    expect([status, headers.get('set-cookie')?.includes('HttpOnly')]).toEqual([204, true]);
    expect((await letIn({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await letIn({ origin: HERE.replace('https', 'http') })).status).toBe(403);
    expect((await letIn({}, 'evil.example')).status).toBe(403);
    const elsewhere = new Request('http://localhost:3000/lan/owner', {
      method: 'POST',
      headers: { host: 'localhost' },
    });
    expect(pages.answer(elsewhere, 'loopback')).toBeUndefined();
  });

  it('is the certificate itself, whose fingerprint is told', async () => {
    const response = await ask('lan', '/lan/voice-bridge.crt', 'studio.local:3000');
    const der = Buffer.from(await response.arrayBuffer());
    const sha256 = createHash('sha256').update(der).digest('hex').toUpperCase().match(/../g)?.join(':');
    expect(pages.fingerprint).toBe(sha256);
  });
});
