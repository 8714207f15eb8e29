import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { NAME_CONSTRAINTS, nameConstraints } from './name-constraints.ts';

/** A certificate and its private key (PKCS #8), both as PEM. */
export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3_650;
/** Clients refuse server certificates that are good for more than 398 days. */
const LEAF_DAYS = 397;
/** A certificate that ends sooner is made anew. */
const RENEW_DAYS = 30;
/** The object identifier of servers among the extended key usages (RFC 5280 section 4.2.1.12). */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * Makes an authority of this machine's own (RFC 5280): it may sign certificates of servers, of nothing else, and only for
 * addresses and names of local networks, so that its key, stolen, is good for no web site. `label` says whose it is.
 */
export async function createAuthority(label: string, now: number): Promise<CertificatePair> {
  const x509 = await load();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(x509, `Voice Bridge on ${label}`),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(NAME_CONSTRAINTS, true, nameConstraints()),
    ],
  });
  return { certPem: withNewline(certificate.toString('pem')), keyPem: await exportKey(keys.privateKey) };
}

/** Makes a server's certificate for these names and addresses, signed by the authority and good for 397 days. */
export async function issueCertificate(
  authority: CertificatePair,
  hosts: readonly string[],
  now: number,
): Promise<CertificatePair> {
  const x509 = await load();
  const issuer = new x509.X509Certificate(authority.certPem);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const names = hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(x509, 'Voice Bridge'),
    issuer: issuer.subjectName,
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(Math.min(now + (LEAF_DAYS - 1) * DAY_MS, issuer.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certPem: withNewline(certificate.toString('pem')), keyPem: await exportKey(keys.privateKey) };
}

/** True when certificate and key belong together and the certificate is good for another 30 days. */
export function isCurrent(pair: CertificatePair, now: number): boolean {
  try {
    const certificate = new X509Certificate(pair.certPem);
    const ends = Date.parse(certificate.validTo);
    return certificate.checkPrivateKey(createPrivateKey(pair.keyPem)) && ends - now > RENEW_DAYS * DAY_MS;
  } catch {
    return false;
  }
}

/**
 * True when the pair {@link isCurrent} and is an authority as {@link createAuthority} makes it: those of earlier versions may sign more than
 * certificates of servers in local networks.
 */
export function isAuthority(pair: CertificatePair, now: number): boolean {
  if (!isCurrent(pair, now)) return false;
  const certificate = new X509Certificate(pair.certPem);
  const isForServers = certificate.keyUsage?.length === 1 && certificate.keyUsage[0] === SERVER_AUTH;
  return certificate.ca && isForServers && certificate.raw.includes(Buffer.from(nameConstraints()));
}

/** True when the pair {@link isCurrent}, was signed by the authority and names every one of the hosts. */
export function isGoodFor(
  pair: CertificatePair,
  authority: CertificatePair,
  hosts: readonly string[],
  now: number,
): boolean {
  if (!isCurrent(pair, now)) return false;
  const certificate = new X509Certificate(pair.certPem);
  if (!certificate.verify(new X509Certificate(authority.certPem).publicKey)) return false;
  return hosts.every((host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)));
}

/** The SHA-256 of a certificate as people compare it: `AB:CD:…`. */
export function fingerprintOf(certPem: string): string {
  return new X509Certificate(certPem).fingerprint256;
}

/** The certificate as DER, which every system installs. */
export function derOf(certPem: string): Buffer {
  return new X509Certificate(certPem).raw;
}

/** Loaded when somebody wants a certificate: it takes 0.1 s. */
async function load() {
  return import('@peculiar/x509');
}

function nameOf(x509: Awaited<ReturnType<typeof load>>, commonName: string) {
  return new x509.Name([{ CN: [commonName] }, { O: ['Voice Bridge'] }]);
}

/** 16 random bytes as hex, positive and without leading zeros (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return Buffer.from(bytes).toString('hex');
}

async function importKey(keyPem: string) {
  const der = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', new Uint8Array(der), ALGORITHM, false, ['sign']);
}

async function exportKey(key: Parameters<typeof crypto.subtle.exportKey>[1]): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}

function withNewline(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
