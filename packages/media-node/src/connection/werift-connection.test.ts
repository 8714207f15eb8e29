import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { chromiumOffer, firefoxOffer } from '../testing/browser-offers.ts';
import { systemClock } from '../testing/system-clock.ts';
import { mediaConnectionContract } from './media-connection.contract.ts';
import type { MediaConnection, MediaConnectionOptions, MediaConnectionStats } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const options = { clock: systemClock, additionalHostAddresses: ['127.0.0.1'] };

mediaConnectionContract('createMediaConnection', { create: createMediaConnection, options });

const open: MediaConnection[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await Promise.all(sockets.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
});

function create(extra: Partial<MediaConnectionOptions> = {}): MediaConnection {
  const connection = createMediaConnection({ ...options, ...extra });
  open.push(connection);
  return connection;
}

describe('createMediaConnection answering browsers', () => {
  it.each([
    ['Chromium', chromiumOffer, 111],
    ['Firefox', firefoxOffer, 109],
  ])('answers %s with Opus only, under its own number, and all our candidates', async (_, offer, payloadType) => {
    const answer = await create().answerOffer(offer);
    expect(answer).toMatch(new RegExp(`^m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}\r$`, 'm'));
    expect(answer.match(/^a=rtpmap.*$/gm)).toEqual([`a=rtpmap:${payloadType} opus/48000/2`]);
    expect(answer).toContain(`a=fmtp:${payloadType} minptime=10;useinbandfec=1;maxaveragebitrate=64000`);
    expect(answer.match(/^a=extmap:.*$/gm)).toEqual(['a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level']);
    expect(answer).not.toMatch(/a=rtcp-fb|telephone-event|red\/|PCMU|CN\//);
    expect(answer).toMatch(/^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/m);
    expect(answer.match(/^m=application 9 /gm)).toHaveLength(1);
    expect(answer.match(/^a=group:BUNDLE 0 1/gm)).toHaveLength(1);
  });

  it('answers with the audio level under the id it was offered, and without it when it was not', async () => {
    const offer = (level: string) => chromiumOffer.replace(/^a=extmap:1 .*\r?\n/m, level);
    const line = 'a=extmap:7 urn:ietf:params:rtp-hdrext:ssrc-audio-level';
    expect((await create().answerOffer(offer(`${line}\n`))).match(/^a=extmap:.*$/gm)).toEqual([line]);
    expect(await create().answerOffer(offer(''))).not.toContain('a=extmap:');
  });

  it('answers with its port range and says so when the range cannot work', async () => {
    const answer = await create({ portRange: [41_000, 41_400] }).answerOffer(chromiumOffer);
    const ports = [...answer.matchAll(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/gm)].map((match) => Number(match[1]));
    expect(ports.every((port) => port >= 41_000 && port <= 41_400)).toBe(true);
    expect(() => createMediaConnection({ ...options, portRange: [5, 5] })).toThrow(TypeError);
  });
});

describe('createMediaConnection as offerer', () => {
  it('[S-2.10] gives its offer only when all its candidates are in it', async () => {
    const offer = await create({ channels: ['control'] }).createOffer();
    expect(offer.match(/^m=/gm)).toHaveLength(2);
    for (const section of offer.split(/^m=/m).slice(1)) {
      expect(section).toMatch(/^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/m);
      expect(section).toMatch(/^a=end-of-candidates/m);
    }
    expect(offer.match(/^a=(rtpmap|fmtp).*$/gm)).toEqual([
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=64000',
    ]);
    expect(offer.match(/^a=extmap:.*$/gm)).toEqual(['a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level']);
    expect(offer).not.toMatch(/a=rtcp-fb/);
  });
});

describe('createMediaConnection as answerer', () => {
  it('dials no candidate of the offer unless told to', async () => {
    const [quiet, dialled] = await Promise.all([udpPort(), udpPort()]);
    const offerTo = ({ port }: { port: number }) =>
      chromiumOffer.replaceAll(/^(c=.*\r\n)/gm, `$1a=candidate:1 1 udp 2116026367 127.0.0.1 ${port} typ host\r\n`);
    await create().answerOffer(offerTo(quiet));
    await create({ dialCandidates: true }).answerOffer(offerTo(dialled));
    await dialled.datagrams(3);
    expect(quiet.count()).toBe(0);
  });
});

describe('createMediaConnection without audio', () => {
  it('[S-1.40] tells of the path it uses, as one with audio does', async () => {
    const [offerer, answerer] = [create({ audio: false, channels: ['control'], dialCandidates: true }), create()];
    const pairOf = ({ report }: MediaConnectionStats) => report.find(({ type }) => type === 'candidate-pair');
    expect(pairOf(offerer.stats())).toBeUndefined();
    await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
    await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
    for (const connection of [offerer, answerer]) {
      await expect
        .poll(() => pairOf(connection.stats()))
        .toMatchObject({
          packetsSent: expect.toSatisfy((count) => count > 2),
          bytesSent: expect.toSatisfy((bytes) => bytes > 500),
          packetsReceived: expect.toSatisfy((count) => count > 2),
          bytesReceived: expect.toSatisfy((bytes) => bytes > 500),
          currentRoundTripTime: expect.toSatisfy((seconds) => seconds < 1),
        });
    }
    await offerer.close();
    expect(pairOf(offerer.stats())).toBeUndefined();
  });
});

describe('createMediaConnection and TURN servers', () => {
  it('asks them from a port of its range', async () => {
    const [turn, portRange] = [await udpPort(refusalOf), [41_500, 41_900] as const];
    const iceServers = [{ urls: `turn:127.0.0.1:${turn.port}`, username: 'caller', credential: 'not a secret' }];
    await create({ iceServers, portRange }).createOffer();
    expect(turn.count()).toBeGreaterThan(0);
    expect(turn.from()).toBeGreaterThanOrEqual(portRange[0]);
    expect(turn.from()).toBeLessThanOrEqual(portRange[1]);
  });
});

describe('createMediaConnection and a false peer', () => {
  it('survives a peer whose answer has another fingerprint, with dtls_failed', async () => {
    const offerer = create({ dialCandidates: true });
    const answerer = create();
    const answer = await answerer.answerOffer(await offerer.createOffer());
    const forged = answer.replaceAll(/(a=fingerprint:sha-256 )\S\S/g, '$100');
    await offerer.acceptAnswer(forged);
    await expect(offerer.whenConnected()).rejects.toMatchObject({ code: 'dtls_failed' });
  });
});

/** What a TURN server says that does not like the request (RFC 8489 section 14.8): 400. */
function refusalOf(request: Buffer): Buffer {
  const code = Buffer.from('0009000400000400', 'hex');
  const header = Buffer.from(request.subarray(0, 20));
  header.writeUInt16BE(0x0113, 0);
  header.writeUInt16BE(code.length, 2);
  return Buffer.concat([header, code]);
}

async function udpPort(answerTo?: (datagram: Buffer) => Buffer) {
  const socket = createSocket('udp4');
  sockets.push(socket);
  let received = 0;
  let from = 0;
  let look: () => void = () => {};
  socket.on('message', (datagram, { port, address }) => {
    if (answerTo !== undefined) socket.send(answerTo(datagram), port, address);
    received++;
    from = port;
    look();
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    count: () => received,
    /** The port that was spoken from last. */
    from: () => from,
    datagrams: (wanted: number) =>
      new Promise<void>((resolve) => {
        look = () => {
          if (received >= wanted) resolve();
        };
        look();
      }),
  };
}
