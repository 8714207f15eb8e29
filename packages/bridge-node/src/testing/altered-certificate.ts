import { X509Certificate } from 'node:crypto';

/** A certificate (PEM) with some of its bytes, given in hex, changed into as many others; its signature is wrong then. */
export function alteredCertificate(certPem: string, bytes: string, others: string): string {
  const before = new X509Certificate(certPem).raw.toString('hex');
  const after = before.replace(bytes, others);
  if (after === before || bytes.length !== others.length) throw new TypeError('There is nothing to alter');
  const base64 = Buffer.from(after, 'hex').toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}
