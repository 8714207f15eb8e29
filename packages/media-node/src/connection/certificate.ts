import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

/** For what a certificate is good; the defaults are those of a connection. */
export interface CertificateOptions {
  /** DNS names and IPv4 addresses that a TLS client may find it under (subjectAltName, RFC 5280 section 4.2.1.6); default none. */
  readonly hosts?: readonly string[];
  /** Days it is valid from now on; default 1. */
  readonly days?: number;
}

const DAY_MS = 86_400_000;
/** DER of the object identifiers: ecdsa-with-SHA256 (RFC 5758 section 3.2), commonName (RFC 5280 appendix A). */
const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const [INTEGER, BIT_STRING, OCTET_STRING, UTF8_STRING, UTC_TIME, SEQUENCE, SET, VERSION, EXTENSIONS] = [
  0x02, 0x03, 0x04, 0x0c, 0x17, 0x30, 0x31, 0xa0, 0xa3,
] as const;
const [DNS_NAME, IP_ADDRESS] = [0x82, 0x87] as const;

/**
 * Makes a self-signed X.509 certificate (RFC 5280) with a new ECDSA P-256 key, a random serial number and name, valid
 * from a day before `now` (ms since 1970: other clocks differ) to a day after it, or as many as `options` say. Takes 0.2 ms, so each connection has
 * its own, and nobody is recognised by a fingerprint.
 */
export function createCertificate(now: number, options: CertificateOptions = {}): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const toBeSigned = certificateFields(publicKey, now, options);
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = tagged(SEQUENCE, toBeSigned, tagged(SEQUENCE, ECDSA_WITH_SHA256), bitString(signature));
  return {
    certPem: `-----BEGIN CERTIFICATE-----\n${lines(der.toString('base64'))}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The TBSCertificate of RFC 5280 section 4.1. */
function certificateFields(publicKey: KeyObject, now: number, { hosts = [], days = 1 }: CertificateOptions): Buffer {
  const name = tagged(
    SEQUENCE,
    tagged(SET, tagged(SEQUENCE, COMMON_NAME, tagged(UTF8_STRING, Buffer.from(randomBytes(8).toString('hex'))))),
  );
  // A positive number without leading zeros: the first byte is 64 to 127.
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return tagged(
    SEQUENCE,
    tagged(VERSION, tagged(INTEGER, Buffer.of(2))),
    tagged(INTEGER, serial),
    tagged(SEQUENCE, ECDSA_WITH_SHA256),
    name,
    tagged(SEQUENCE, utcTime(now - DAY_MS), utcTime(now + days * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(hosts.length === 0 ? [] : [tagged(EXTENSIONS, tagged(SEQUENCE, alternativeNames(hosts)))]),
  );
}

function alternativeNames(hosts: readonly string[]): Buffer {
  const names = hosts.map((host) =>
    isIPv4(host) ? tagged(IP_ADDRESS, Buffer.from(host.split('.').map(Number))) : tagged(DNS_NAME, Buffer.from(host)),
  );
  return tagged(SEQUENCE, SUBJECT_ALT_NAME, tagged(OCTET_STRING, tagged(SEQUENCE, ...names)));
}

/** `YYMMDDhhmmssZ`, to be read as 1950 to 2049 (RFC 5280 section 4.1.2.5.1). */
function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replaceAll(/\D/g, '');
  return tagged(UTC_TIME, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function bitString(bytes: Buffer): Buffer {
  return tagged(BIT_STRING, Buffer.of(0), bytes);
}

/** One DER value: tag, length, contents (X.690 section 8.1). Contents are shorter than 64 KiB. */
function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x1_00) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

function lines(base64: string): string {
  return base64.replaceAll(/.{64}(?=.)/g, '$&\n');
}
