import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCertificate } from './certificate.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 34, 56);

describe('createCertificate', () => {
  it('makes a certificate signed with its own P-256 key, valid from yesterday to tomorrow', () => {
    const { certPem, keyPem } = createCertificate(NOW);
    const certificate = new X509Certificate(certPem);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe(certificate.issuer);
    expect(new Date(certificate.validFrom).getTime()).toBe(NOW - 86_400_000);
    expect(new Date(certificate.validTo).getTime()).toBe(NOW + 86_400_000);
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  });

  it('names the hosts of a server, for as long as that is wanted', () => {
    const { certPem } = createCertificate(NOW, { hosts: ['localhost', '127.0.0.1'], days: 30 });
    const certificate = new X509Certificate(certPem);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('example.com')).toBeUndefined();
    expect(new Date(certificate.validTo).getTime()).toBe(NOW + 30 * 86_400_000);
  });

  it('never makes two that have a key, name, number or fingerprint in common', () => {
    const made = Array.from({ length: 50 }, () => new X509Certificate(createCertificate(NOW).certPem));
    for (const value of [
      ({ fingerprint256 }: X509Certificate) => fingerprint256,
      ({ serialNumber }: X509Certificate) => serialNumber,
      ({ subject }: X509Certificate) => subject,
      ({ publicKey }: X509Certificate) => publicKey.export({ type: 'spki', format: 'pem' }),
    ]) {
      expect(new Set(made.map(value)).size).toBe(50);
    }
  });
});
