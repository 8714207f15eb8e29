import { createHash, createHmac, type KeyObject, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { type HandshakeMessage, HandshakeType, readHandshakeMessage, readVector } from './handshake-message.ts';

/** A hash of a certificate, as an SDP `a=fingerprint` line gives it (RFC 8122). */
export interface Fingerprint {
  readonly hash: 'sha-256' | 'sha-384' | 'sha-512';
  readonly digest: Uint8Array;
}

/** Everything that was said in a DTLS 1.2 handshake, and the secrets that came of it. */
export interface HandshakeEvidence {
  /** Which side we are. */
  readonly role: 'client' | 'server';
  /** Every handshake message before the peer's Finished, in order, whole, each with its 12-byte header (RFC 6347 section 4.2.6). */
  readonly transcript: readonly Uint8Array[];
  /** The `verify_data` of the peer's Finished. */
  readonly finished: Uint8Array;
  readonly masterSecret: Uint8Array;
  /** The values the keys were derived from: they must be the ones that were signed. */
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** The peer's ephemeral public key. */
  readonly peerKey: Uint8Array;
}

const MESSAGE_ORDER = {
  client: /^1 2 11 12 (13 )?14 (11 )?16 (15 )?20$/,
  server: /^1 2 11 12 13 14 11 16 15$/,
} as const;
/** What we offer: TLS_ECDHE_ECDSA and TLS_ECDHE_RSA, both with AES_128_GCM_SHA256. */
const CIPHER_SUITES: readonly number[] = [0xc02b, 0xc02f];
/** What we offer (RFC 5246 section 7.4.1.4.1), with the kind of key that signs so. */
const SIGNATURES: Readonly<Record<number, string>> = { 1027: 'ec', 1025: 'rsa' };
const NAMED_CURVE = 3;
const CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1'];
/** Smaller ones can be broken; larger ones, and large exponents, take long to check. */
const RSA_BITS = [2_048, 4_096] as const;
const MAX_RSA_EXPONENT = 2n ** 32n;
const STRONGEST_FIRST = ['sha-512', 'sha-384', 'sha-256'] as const;

/**
 * Proves that the other side of a DTLS 1.2 handshake owns the key of the certificate its session description announced
 * (RFC 5246 sections 7.4.3, 7.4.8 and 7.4.9, RFC 8122 section 5), and that nobody changed a message on the way.
 * Gives undefined when all is proven, otherwise one sentence on what is not. Never throws.
 */
export function handshakeProblem(
  evidence: HandshakeEvidence,
  fingerprints: readonly Fingerprint[],
): string | undefined {
  try {
    return firstProblem(evidence, fingerprints);
  } catch {
    return 'A message of the DTLS handshake is malformed';
  }
}

function firstProblem(evidence: HandshakeEvidence, fingerprints: readonly Fingerprint[]): string | undefined {
  const messages = evidence.transcript.map(readHandshakeMessage);
  if (!MESSAGE_ORDER[evidence.role].test(messages.map(({ type }) => type).join(' '))) {
    return 'The DTLS handshake lacks a message that proves the other side, or has one too many';
  }
  const certificate = certificateOf(messages, evidence.role);
  if (certificate === undefined) return 'The other side gave no certificate';
  if (!matches(certificate, fingerprints)) return 'The certificate is not the one the description announced';
  const { publicKey } = new X509Certificate(certificate);
  if (!isTakenKey(publicKey)) {
    return 'The certificate has a key of a kind or size that is not taken: ECDSA P-256 or P-384, or RSA of 2048 to 4096 bits';
  }
  if (!keysAreThoseSaid(messages, evidence)) return 'The DTLS keys do not come from the handshake that was signed';
  const isSigned =
    evidence.role === 'client' ? isExchangeSigned(messages, publicKey) : isTranscriptSigned(messages, publicKey);
  if (!isSigned) return 'The other side does not own the key of its certificate';
  return isFinished(evidence) ? undefined : 'The Finished message of the other side is wrong';
}

/** The peer's own certificate, the first of its chain. */
function certificateOf(messages: readonly HandshakeMessage[], role: 'client' | 'server'): Uint8Array | undefined {
  const serverDone = messages.findIndex(({ type }) => type === HandshakeType.serverHelloDone);
  const said = role === 'client' ? messages.slice(0, serverDone) : messages.slice(serverDone);
  const body = said.find(({ type }) => type === HandshakeType.certificate)?.body;
  const chain = body === undefined ? undefined : readVector(body, 0, 3);
  if (chain === undefined || chain.length === 0) return undefined;
  return readVector(chain, 0, 3);
}

/** True when the certificate has one of the fingerprints of the strongest hash among them. */
function matches(certificate: Uint8Array, fingerprints: readonly Fingerprint[]): boolean {
  const hash = STRONGEST_FIRST.find((name) => fingerprints.some((each) => each.hash === name));
  if (hash === undefined) return false;
  const digest = createHash(hash.replace('-', '')).update(certificate).digest();
  return fingerprints.some((each) => each.hash === hash && isSame(each.digest, digest));
}

function isTakenKey({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): boolean {
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'ec') return CURVES.includes(namedCurve);
  const isTakenSize = modulusLength >= RSA_BITS[0] && modulusLength <= RSA_BITS[1];
  return asymmetricKeyType === 'rsa' && isTakenSize && publicExponent <= MAX_RSA_EXPONENT;
}

function keysAreThoseSaid(messages: readonly HandshakeMessage[], evidence: HandshakeEvidence): boolean {
  const [clientHello, serverHello] = messages;
  if (clientHello === undefined || serverHello === undefined) return false;
  const suiteAt = 34 + 1 + readVector(serverHello.body, 34, 1).length;
  return (
    isSame(randomOf(clientHello), evidence.clientRandom) &&
    isSame(randomOf(serverHello), evidence.serverRandom) &&
    CIPHER_SUITES.includes(viewOf(serverHello.body).getUint16(suiteAt)) &&
    isSame(peerKeyOf(messages, evidence.role), evidence.peerKey)
  );
}

/** Both hellos begin with two bytes of version and 32 of random. */
function randomOf({ body }: HandshakeMessage): Uint8Array {
  return body.subarray(2, 34);
}

function peerKeyOf(messages: readonly HandshakeMessage[], role: 'client' | 'server'): Uint8Array {
  return role === 'client'
    ? readVector(bodyOf(messages, HandshakeType.serverKeyExchange), 3, 1)
    : readVector(bodyOf(messages, HandshakeType.clientKeyExchange), 0, 1);
}

/** RFC 8422 section 5.4: the server signs both randoms and its ephemeral key. */
function isExchangeSigned(messages: readonly HandshakeMessage[], publicKey: KeyObject): boolean {
  const body = bodyOf(messages, HandshakeType.serverKeyExchange);
  if (body[0] !== NAMED_CURVE) return false;
  const end = 4 + readVector(body, 3, 1).length;
  const [clientHello, serverHello] = messages;
  if (clientHello === undefined || serverHello === undefined) return false;
  const signed = Buffer.concat([randomOf(clientHello), randomOf(serverHello), body.subarray(0, end)]);
  return isSignedBy(publicKey, signed, body.subarray(end));
}

/** RFC 5246 section 7.4.8: the client signs all messages before its CertificateVerify. */
function isTranscriptSigned(messages: readonly HandshakeMessage[], publicKey: KeyObject): boolean {
  const signed = Buffer.concat(messages.slice(0, -1).map(({ bytes }) => bytes));
  return isSignedBy(publicKey, signed, bodyOf(messages, HandshakeType.certificateVerify));
}

/** `signature` is a `DigitallySigned` (RFC 5246 section 4.7): two bytes of algorithm, then the signature with its length. */
function isSignedBy(publicKey: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  const kind = SIGNATURES[viewOf(signature).getUint16(0)];
  const value = readVector(signature, 2, 2);
  if (kind === undefined || publicKey.asymmetricKeyType !== kind || value.length + 4 !== signature.length) return false;
  return verify('sha256', signed, publicKey, value);
}

/** RFC 5246 section 7.4.9; the hash of both our cipher suites is SHA-256. */
function isFinished({ role, transcript, finished, masterSecret }: HandshakeEvidence): boolean {
  const label = role === 'client' ? 'server finished' : 'client finished';
  const said = createHash('sha256').update(Buffer.concat(transcript)).digest();
  const seed = Buffer.concat([Buffer.from(label), said]);
  const hmac = (data: Uint8Array) => createHmac('sha256', masterSecret).update(data).digest();
  // P_SHA256 (RFC 5246 section 5): one round gives more than the 12 bytes wanted.
  const expected = hmac(Buffer.concat([hmac(seed), seed])).subarray(0, 12);
  return isSame(finished, expected);
}

function bodyOf(messages: readonly HandshakeMessage[], type: number): Uint8Array {
  return messages.find((message) => message.type === type)?.body ?? new Uint8Array();
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
