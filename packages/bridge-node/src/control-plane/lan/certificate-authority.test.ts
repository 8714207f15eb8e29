import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { alteredCertificate } from '../../testing/altered-certificate.ts';
import { createAuthority, isAuthority, isCurrent, isGoodFor, issueCertificate } from './certificate-authority.ts';

const DAY_MS = 86_400_000;
const HOSTS = ['192.168.1.5', 'fd00::5', 'studio.local'];
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** A whole handshake over loopback, for the name, trusting the authority alone; what is wrong, or `trusted`. */
async function handshake(
  authority: { certPem: string },
  { certPem, keyPem }: { certPem: string; keyPem: string },
  name: string,
): Promise<string> {
  const server = createServer({ cert: certPem, key: keyPem }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.on('tlsClientError', () => {});
  try {
    return await new Promise((resolve) => {
      const client = connect({ port, host: '127.0.0.1', servername: name, ca: authority.certPem }, () => {
        client.destroy();
        resolve('trusted');
      });
      client.on('error', (error) => resolve(error.message));
    });
  } finally {
    server.close();
  }
}

describe('the authority of a machine', () => {
  it('is one, for certificates of servers below it and no authorities', async () => {
    const authority = await createAuthority('studio', Date.now());
    const certificate = new X509Certificate(authority.certPem);
    expect(certificate.ca).toBe(true);
    expect(certificate.keyUsage).toEqual([SERVER_AUTH]);
    expect(certificate.subject).toContain('Voice Bridge on studio');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(isCurrent(authority, Date.now())).toBe(true);
    expect(isCurrent(authority, Date.now() + 3_621 * DAY_MS)).toBe(false);
  });

  it.each([
    ['has no purpose', '551d25', '551d7f'],
    ['has another purpose', '2b06010505070301', '2b06010505070302'],
    ['has other limits', '686f6d652e61727061', '686f6d652e61727062'],
    ['is no authority', '551d13', '551d7f'],
  ])(
    'is not one that %s, as those of earlier versions: that is current, but not as it should be',
    async (_name, bytes, others) => {
      const now = Date.now();
      const authority = await createAuthority('studio', now);
      expect([isAuthority(authority, now), isAuthority(authority, now + 3_621 * DAY_MS)]).toEqual([true, false]);
      const earlier = { ...authority, certPem: alteredCertificate(authority.certPem, bytes, others) };
      expect([isCurrent(earlier, now), isAuthority(earlier, now)]).toEqual([true, false]);
    },
  );

  it('vouches for local networks, and for no web site: who steals its key gains nothing there', async () => {
    const now = Date.now();
    const authority = await createAuthority('studio', now);
    const local = await issueCertificate(authority, ['studio.local'], now);
    const stolen = await issueCertificate(authority, ['example.com'], now);
    expect(await handshake(authority, local, 'studio.local')).toBe('trusted');
    expect(await handshake(authority, stolen, 'example.com')).toBe('permitted subtree violation');
  });

  it('makes certificates that phones accept: addresses and names, for servers, 397 days', async () => {
    const now = Date.now();
    const authority = await createAuthority('studio', now);
    const certificate = new X509Certificate((await issueCertificate(authority, HOSTS, now)).certPem);
    expect(certificate.subjectAltName).toBe('IP Address:192.168.1.5, IP Address:FD00:0:0:0:0:0:0:5, DNS:studio.local');
    expect(certificate.keyUsage).toEqual([SERVER_AUTH]);
    expect(certificate.ca).toBe(false);
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / DAY_MS;
    expect(days).toBeLessThanOrEqual(398);
    expect(days).toBeGreaterThan(390);
    expect(certificate.verify(new X509Certificate(authority.certPem).publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(authority.certPem))).toBe(true);
  });
});

describe('a certificate', () => {
  it('is good for its hosts until 30 days before its end, and only under its own authority', async () => {
    const now = Date.now();
    const [authority, other] = await Promise.all([createAuthority('a', now), createAuthority('b', now)]);
    const pair = await issueCertificate(authority, HOSTS, now);
    expect(isGoodFor(pair, authority, HOSTS, now)).toBe(true);
    expect(isGoodFor(pair, authority, ['192.168.1.5'], now)).toBe(true);
    expect(isGoodFor(pair, authority, [...HOSTS, '192.168.1.6'], now)).toBe(false);
    expect(isGoodFor(pair, authority, HOSTS, now + 365 * DAY_MS)).toBe(true);
    expect(isGoodFor(pair, authority, HOSTS, now + 367 * DAY_MS)).toBe(false);
    expect(isGoodFor(pair, other, HOSTS, now)).toBe(false);
    expect(isCurrent({ certPem: pair.certPem, keyPem: other.keyPem }, now)).toBe(false);
    expect(isCurrent({ certPem: 'x', keyPem: 'y' }, now)).toBe(false);
  });
});
