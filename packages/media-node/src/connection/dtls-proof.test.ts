import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyPairKeyObjectResult,
  sign,
  X509Certificate,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificateOf } from '../testing/certificate-of.ts';
import { createCertificate } from './certificate.ts';
import { type Fingerprint, type HandshakeEvidence, handshakeProblem } from './dtls-proof.ts';
import { HandshakeType as Type } from './handshake-message.ts';

const NOW = Date.UTC(2026, 10, 21);
const ECDSA_SHA256 = 0x0403;
const RSA_SHA256 = 0x0401;
const clientRandom = Buffer.alloc(32, 1);
const serverRandom = Buffer.alloc(32, 2);
const peerKey = Buffer.alloc(65, 3);
const masterSecret = Buffer.alloc(48, 4);
const peer = identity();
const stranger = identity();

interface Said {
  readonly certificate?: Buffer | undefined;
  readonly signedBy?: ReturnType<typeof identity>;
  readonly algorithm?: number;
  /** What is signed, if not what should be. */
  readonly signed?: Buffer;
  readonly finishedLabel?: string;
  readonly evidence?: Partial<HandshakeEvidence>;
  readonly fingerprints?: readonly Fingerprint[];
}

/** What {@link handshakeProblem} finds in a handshake with our peer, of which one thing or another is false. */
function problemOf(role: 'client' | 'server', said: Said = {}): string | undefined {
  const { certificate = peer.certificate, signedBy = peer, algorithm = ECDSA_SHA256 } = said;
  const chain = certificate.length === 0 ? vector(3, Buffer.alloc(0)) : vector(3, vector(3, certificate));
  const exchange = Buffer.concat([Buffer.of(3, 0, 23), vector(1, peerKey)]);
  const signature = (should: Buffer) => {
    const value = sign('sha256', said.signed ?? should, createPrivateKey(signedBy.keyPem));
    return Buffer.concat([Buffer.of(algorithm >> 8, algorithm & 0xff), vector(2, value)]);
  };
  const hello = (random: Buffer, rest: Buffer) =>
    Buffer.concat([Buffer.of(0xfe, 0xfd), random, vector(1, Buffer.alloc(0)), rest]);
  const isClient = role === 'client';
  const theirs = isClient
    ? signature(Buffer.concat([clientRandom, serverRandom, exchange]))
    : Buffer.from('03010000', 'hex');
  const transcript = [
    message(Type.clientHello, 1, hello(clientRandom, Buffer.alloc(8))),
    message(Type.serverHello, 1, hello(serverRandom, Buffer.of(0xc0, 0x2b, 0))),
    message(Type.certificate, 2, isClient ? chain : vector(3, vector(3, stranger.certificate))),
    message(Type.serverKeyExchange, 3, Buffer.concat([exchange, theirs])),
    message(Type.certificateRequest, 4, Buffer.alloc(4)),
    message(Type.serverHelloDone, 5, Buffer.alloc(0)),
    message(Type.certificate, 2, isClient ? vector(3, vector(3, stranger.certificate)) : chain),
    message(Type.clientKeyExchange, 3, vector(1, peerKey)),
  ];
  transcript.push(
    message(Type.certificateVerify, 4, isClient ? Buffer.alloc(4) : signature(Buffer.concat(transcript))),
  );
  if (isClient) transcript.push(message(Type.finished, 5, Buffer.alloc(12)));
  const label = said.finishedLabel ?? (isClient ? 'server finished' : 'client finished');
  const evidence = {
    role,
    transcript,
    finished: verifyData(label, transcript),
    masterSecret,
    clientRandom,
    serverRandom,
    peerKey,
  };
  return handshakeProblem({ ...evidence, ...said.evidence }, said.fingerprints ?? [peer.fingerprint]);
}

describe.each(['client', 'server'] as const)('[W7] handshakeProblem, we being the DTLS %s', (role) => {
  it('finds nothing in an honest handshake', () => {
    expect(problemOf(role)).toBeUndefined();
  });

  it('refuses the certificate of somebody else', () => {
    expect(problemOf(role, { certificate: stranger.certificate, signedBy: stranger })).toContain('announced');
  });

  it('refuses a certificate that was copied, without its key', () => {
    expect(problemOf(role, { signedBy: stranger })).toContain('does not own the key');
    expect(problemOf(role, { signed: Buffer.from('something else') })).toContain('does not own the key');
  });

  it('refuses no certificate and no message that should be there', () => {
    expect(problemOf(role, { certificate: Buffer.alloc(0) })).toContain('no certificate');
    expect(problemOf(role, { evidence: { transcript: [] } })).toContain('lacks a message');
  });

  it('refuses a wrong Finished, also our own sent back', () => {
    expect(problemOf(role, { evidence: { finished: Buffer.alloc(12) } })).toContain('Finished');
    expect(problemOf(role, { evidence: { finished: Buffer.alloc(0) } })).toContain('Finished');
    expect(problemOf(role, { finishedLabel: role === 'client' ? 'client finished' : 'server finished' })).toContain(
      'Finished',
    );
  });

  it('refuses keys that come from anything but what was said', () => {
    const other = { clientRandom: serverRandom, serverRandom: clientRandom, peerKey: Buffer.alloc(65) };
    for (const [name, value] of Object.entries(other)) {
      expect(problemOf(role, { evidence: { [name]: value } })).toContain('keys do not come from');
    }
  });

  it('takes no algorithm but the two that were offered, and no key of another kind', () => {
    for (const algorithm of [0x0203, 0x0201, 0x0401, 0x0503, 0x0804, 0]) {
      expect(problemOf(role, { algorithm })).toContain('does not own the key');
    }
  });

  it.each([
    ['RSA of 2048 bits', rsaKey(2_048), RSA_SHA256],
    ['ECDSA on P-384', ecKey('secp384r1'), ECDSA_SHA256],
  ])('takes a certificate with a key of %s', (_, key, algorithm) => {
    const owner = ownerOf(key);
    const said = { certificate: owner.certificate, signedBy: owner, algorithm, fingerprints: [owner.fingerprint] };
    expect(problemOf(role, said)).toBeUndefined();
  });

  it.each([
    ['RSA of 1024 bits', rsaKey(1_024), RSA_SHA256],
    ['RSA of 2040 bits', rsaKey(2_040), RSA_SHA256],
    ['ECDSA on secp256k1', ecKey('secp256k1'), ECDSA_SHA256],
    ['ECDSA on P-521', ecKey('secp521r1'), ECDSA_SHA256],
  ])('refuses a key of %s, though its owner signed all with it', (_, key, algorithm) => {
    const owner = ownerOf(key);
    const said = { certificate: owner.certificate, signedBy: owner, algorithm, fingerprints: [owner.fingerprint] };
    expect(problemOf(role, said)).toContain('not taken');
  });

  it.each([
    ['of 16,384 bits', 2_048, 3],
    ['with an exponent as large as the key', 256, 256],
  ])('refuses an RSA key %s before anything is reckoned with it', (_, modulusBytes, exponentBytes) => {
    const jwk = { kty: 'RSA', n: oddNumber(modulusBytes), e: oddNumber(exponentBytes) };
    const certificate = certificateOf(createPublicKey({ key: jwk, format: 'jwk' }));
    const fingerprints = [fingerprintOf(certificate, 'sha-256')];
    expect(problemOf(role, { certificate, algorithm: RSA_SHA256, fingerprints })).toContain('not taken');
  });

  it('judges by the strongest hash announced, and by every fingerprint of it', () => {
    const [sha512, sha256] = [peer.digest('sha-512'), peer.fingerprint];
    const wrong = { hash: 'sha-512' as const, digest: Buffer.alloc(64) };
    expect(problemOf(role, { fingerprints: [sha256, sha512] })).toBeUndefined();
    expect(problemOf(role, { fingerprints: [wrong, sha512] })).toBeUndefined();
    expect(problemOf(role, { fingerprints: [sha256, wrong] })).toContain('announced');
    expect(problemOf(role, { fingerprints: [] })).toContain('announced');
  });

  it('never throws, whatever the bytes', () => {
    for (let length = 0; length < 40; length++) {
      expect(problemOf(role, { evidence: { transcript: [Buffer.alloc(length, 1)] } })).toBeTypeOf('string');
    }
    expect(problemOf(role, { certificate: Buffer.from('no certificate'), fingerprints: [] })).toBeTypeOf('string');
  });
});

function identity() {
  const { certPem, keyPem } = createCertificate(NOW);
  return { keyPem, ...announced(Buffer.from(new X509Certificate(certPem).raw)) };
}

/** Whoever has this key, and a certificate for it. */
function ownerOf({ publicKey, privateKey }: KeyPairKeyObjectResult) {
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { keyPem, ...announced(certificateOf(publicKey)) };
}

function announced(certificate: Buffer) {
  const digest = (hash: Fingerprint['hash']) => fingerprintOf(certificate, hash);
  return { certificate, digest, fingerprint: digest('sha-256') };
}

function fingerprintOf(certificate: Buffer, hash: Fingerprint['hash']): Fingerprint {
  return { hash, digest: createHash(hash.replace('-', '')).update(certificate).digest() };
}

function rsaKey(modulusLength: number): KeyPairKeyObjectResult {
  return generateKeyPairSync('rsa', { modulusLength });
}

function ecKey(namedCurve: string): KeyPairKeyObjectResult {
  return generateKeyPairSync('ec', { namedCurve });
}

function oddNumber(bytes: number): string {
  return Buffer.alloc(bytes, 0xff).toString('base64url');
}

function message(type: number, sequence: number, body: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(type, 0);
  header.writeUIntBE(body.length, 1, 3);
  header.writeUInt16BE(sequence, 4);
  header.writeUIntBE(body.length, 9, 3);
  return Buffer.concat([header, body]);
}

function vector(lengthBytes: number, bytes: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

function verifyData(label: string, transcript: readonly Buffer[]): Buffer {
  const said = createHash('sha256').update(Buffer.concat(transcript)).digest();
  const seed = Buffer.concat([Buffer.from(label), said]);
  const hmac = (data: Buffer) => createHmac('sha256', masterSecret).update(data).digest();
  return hmac(Buffer.concat([hmac(seed), seed])).subarray(0, 12);
}
