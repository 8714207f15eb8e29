import { createSign, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { CipherContext, type DtlsSocket, RTCPeerConnection } from 'werift';
import { systemClock } from '../testing/system-clock.ts';
import { createCertificate } from './certificate.ts';
import type { MediaConnection } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const ECDSA = { hash: 4, signature: 3 } as const;
const RSA = { hash: 4, signature: 1 } as const;
const LOOPBACK = ['127.0.0.1'];
type PeerOptions = ConstructorParameters<typeof RTCPeerConnection>[0];

const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

/** What a false peer changes: its DTLS association as soon as it is there, or what its description says. */
interface Forgery {
  readonly forge?: (dtls: DtlsSocket) => unknown;
  readonly describe?: (sdp: string) => string;
  readonly options?: PeerOptions;
}

function peerWith({ options = {} }: Forgery): RTCPeerConnection {
  const peer = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceAdditionalHostAddresses: LOOPBACK,
    dtls: { keys: { ...createCertificate(Date.now()), signatureHash: ECDSA } },
    ...options,
  });
  open.push(peer);
  return peer;
}

/** The library makes the association when its transport starts. */
function forgeWhenStarted(peer: RTCPeerConnection, forge: (dtls: DtlsSocket) => unknown = () => {}): void {
  for (const transport of peer.dtlsTransports) {
    const start = transport.start.bind(transport);
    transport.start = () => {
      const started = start();
      if (transport.dtls !== undefined) forge(transport.dtls);
      return started.catch(() => {});
    };
  }
}

function watched() {
  const seen: string[] = [];
  const connection = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: LOOPBACK,
    dialCandidates: true,
    channels: ['control'],
    onAudio: () => seen.push('audio'),
  });
  open.push(connection);
  connection.on('stateChanged', ({ name }) => seen.push(name));
  return { connection, seen };
}

/** The peer offers: it becomes the DTLS client, we the server. */
async function withPeerAsClient(forgery: Forgery) {
  const { connection, seen } = watched();
  connection.on('channel', () => seen.push('channel'));
  const peer = peerWith(forgery);
  peer.addTransceiver('audio');
  peer.createDataChannel('control');
  forgeWhenStarted(peer, forgery.forge);
  await peer.setLocalDescription(await peer.createOffer());
  const { describe: said = (sdp: string) => sdp } = forgery;
  const answer = await connection.answerOffer(said(peer.localDescription?.sdp ?? ''));
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  return { connection, seen };
}

/** We offer, the peer answers `passive`: it becomes the DTLS server, we the client. */
async function withPeerAsServer(forgery: Forgery) {
  const { connection, seen } = watched();
  const peer = peerWith(forgery);
  peer.addTransceiver('audio');
  await peer.setRemoteDescription({ type: 'offer', sdp: await connection.createOffer() });
  for (const transport of peer.dtlsTransports) transport.role = 'server';
  forgeWhenStarted(peer, forgery.forge);
  await peer.setLocalDescription(await peer.createAnswer());
  const { describe: said = (sdp: string) => sdp } = forgery;
  await connection.acceptAnswer(said(peer.localDescription?.sdp ?? ''));
  return { connection, seen };
}

async function refused({ connection, seen }: { connection: MediaConnection; seen: string[] }, why: string) {
  await expect(connection.whenConnected()).rejects.toMatchObject({
    code: 'dtls_failed',
    message: expect.stringContaining(why),
  });
  await connection.close();
  expect(seen).toEqual(['connecting', 'closed']);
}

const stranger = createCertificate(Date.now());
const signedByStranger = (data: Buffer) => createSign('sha256').update(data).sign(stranger.keyPem);
const wrongFinished = withCipher({ verifyData: () => randomBytes(12) });
const otherFingerprint = (sdp: string) => sdp.replaceAll(/(a=fingerprint:sha-256 )\S\S:\S\S/g, '$100:00');

describe('[W7] a peer that does not own the key it announced', () => {
  it.each<[string, Forgery, string]>([
    [
      'signs its CertificateVerify with random bytes',
      withCipher({ signatureData: () => randomBytes(70) }),
      'own the key',
    ],
    ['signs its CertificateVerify with another key', withCipher({ signatureData: signedByStranger }), 'own the key'],
    ['gives no certificate', { forge: withoutCertificate }, 'lacks a message'],
    ['sends a wrong Finished', wrongFinished, 'Finished'],
    ['is not the one that was announced', { describe: otherFingerprint }, 'announced'],
  ])('as DTLS client is refused when it %s, and nothing is delivered', async (_, forgery, why) => {
    await refused(await withPeerAsClient(forgery), why);
  });

  it.each<[string, Forgery, string]>([
    [
      'signs its key exchange with random bytes',
      withCipher({ generateKeySignature: () => randomBytes(70) }),
      'own the key',
    ],
    [
      'signs its key exchange with another key',
      withCipher({ generateKeySignature: () => signedByStranger(Buffer.from('all')) }),
      'own the key',
    ],
    ['sends a wrong Finished', wrongFinished, 'Finished'],
    ['is not the one that was announced', { describe: otherFingerprint }, 'announced'],
  ])('as DTLS server is refused when it %s, and nothing is delivered', async (_, forgery, why) => {
    await refused(await withPeerAsServer(forgery), why);
  });
});

describe('[W7] an honest peer', () => {
  it.each([
    ['client', withPeerAsClient],
    ['server', withPeerAsServer],
  ])('is taken as DTLS %s, with an ECDSA certificate and with an RSA one', async (_, connectWith) => {
    await (await connectWith({})).connection.whenConnected();
    const keys = await CipherContext.createSelfSignedCertificateWithKey(RSA);
    await (await connectWith({ options: { dtls: { keys } } })).connection.whenConnected();
  });
});

describe('the certificate of a connection', () => {
  it('is its own: no two connections have a fingerprint in common', async () => {
    const offers = await Promise.all(
      [watched(), watched(), watched()].map(({ connection }) => connection.createOffer()),
    );
    const fingerprints = offers.map((offer) => new Set(offer.match(/^a=fingerprint:.*$/gm)));
    expect(fingerprints.map(({ size }) => size)).toEqual([1, 1, 1]);
    expect(new Set(fingerprints.flatMap((each) => [...each])).size).toBe(3);
  });
});

function withCipher(change: Partial<CipherContext>): Forgery {
  return { forge: ({ cipher }) => Object.assign(cipher, change) };
}

function withoutCertificate({ dtls }: DtlsSocket): void {
  Object.defineProperty(dtls, 'requestedCertificateTypes', { get: () => [], set: () => {} });
}
