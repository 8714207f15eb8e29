import { createSocket, type Socket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RTCPeerConnection } from 'werift';
import { chromiumOffer, firefoxOffer } from '../../testing/browser-offers.ts';
import { connectStockPeer, heardBy } from '../../testing/stock-peer.ts';
import { systemClock } from '../../testing/system-clock.ts';
import type { MediaConnection, MediaConnectionOptions } from '../media-connection.ts';
import { createMediaConnection } from '../werift-connection.ts';

const open: MediaConnection[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await Promise.all(sockets.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
});

function create(extra: Partial<MediaConnectionOptions> = {}): MediaConnection {
  const connection = createMediaConnection({ clock: systemClock, additionalHostAddresses: ['127.0.0.1'], ...extra });
  open.push(connection);
  return connection;
}

async function bind(type: 'udp4' | 'udp6', port: number): Promise<Socket> {
  const socket = createSocket({ type, ipv6Only: type === 'udp6' });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, resolve);
  });
  return socket;
}

/** A port of somebody else, whom nobody asked. */
async function thirdParty() {
  const socket = await bind('udp4', 0);
  let received = 0;
  const heard = new Promise<void>((resolve) => {
    socket.on('message', () => {
      received++;
      resolve();
    });
  });
  const { port } = socket.address();
  return { candidate: `99 1 udp 99 127.0.0.1 ${port} typ host`, port, heard, received: () => received };
}

/** Until checks that were to go out have gone out: those of an offer that came later have. */
async function checksAreOut(): Promise<void> {
  const control = await thirdParty();
  await create({ dialCandidates: true }).answerOffer(offerWith(control.candidate));
  await control.heard;
}

/** An offer with these candidates in every m-section. */
function offerWith(...candidates: readonly string[]): string {
  return chromiumOffer.replaceAll(/^(c=.*\r\n)/gm, `$1${candidates.map((each) => `a=candidate:${each}\r\n`).join('')}`);
}

/** The UDP sockets of this process. */
const held = () => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length;

/** A closed handle leaves the list a turn later. */
async function nothingHeld(): Promise<void> {
  while (held() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('an offer', () => {
  it('[W11] makes us send to nobody, look up no name and start no mDNS', async () => {
    const lookup = vi.spyOn(dns, 'lookup').mockRejectedValue(new Error('no such host'));
    const third = await thirdParty();
    const named = `2 1 udp 1 internal.example ${third.port} typ host`;
    const local = `3 1 udp 1 1f4712db-ea17.local ${third.port} typ host`;
    const before = held();
    const answer = await create().answerOffer(offerWith(third.candidate, named, local));
    await create({ dialCandidates: true }).answerOffer(offerWith(named, local));
    const perConnection = answer.match(/^m=audio[\s\S]*?^m=/m)?.[0].match(/a=candidate/g)?.length;
    expect(held() - before).toBe(2 * (perConnection ?? 0));
    await checksAreOut();
    expect([third.received(), lookup.mock.calls]).toEqual([0, []]);
  });

  it('[W11] makes us dial 16 candidates at most, and only those that may be', async () => {
    const many = Array.from({ length: 32 }, (_, n) => `${n} 1 udp ${n + 1} 127.0.0.1 ${20_000 + n} typ host`);
    const [sixteenth, seventeenth] = [await thirdParty(), await thirdParty()];
    await create({ dialCandidates: true }).answerOffer(offerWith(...many.slice(0, 15), sixteenth.candidate));
    await create({ dialCandidates: true }).answerOffer(offerWith(...many.slice(0, 16), seventeenth.candidate));
    await create({ dialCandidates: 'public' }).answerOffer(offerWith(seventeenth.candidate));
    await sixteenth.heard;
    await checksAreOut();
    expect(seventeenth.received()).toBe(0);
    await expect(create().answerOffer(offerWith(...many, ...many))).rejects.toMatchObject({ code: 'invalid_offer' });
  });

  it('[W16] is answered with credentials of the length that ICE asks for, other ones each time', async () => {
    const answers = await Promise.all([0, 1].map(() => create().answerOffer(chromiumOffer)));
    const offer = await create({ channels: ['control'] }).createOffer();
    const users = [...answers, offer].map((sdp) => /^a=ice-ufrag:([\w+/]+)\r$/m.exec(sdp)?.[1] ?? '');
    const passwords = [...answers, offer].map((sdp) => /^a=ice-pwd:([\w+/]+)\r$/m.exec(sdp)?.[1] ?? '');
    // 6 bits a character, if more than the 16 of hexadecimal digits are among them.
    expect(users.every((user) => user.length * 6 >= 24)).toBe(true);
    expect(passwords.every((password) => password.length * 6 >= 128)).toBe(true);
    expect(users.concat(passwords).join('')).toMatch(/[g-zG-Z]/);
    expect(new Set([...users, ...passwords]).size).toBe(6);
  });

  it('is answered with another certificate each time: nobody is recognised by it', async () => {
    const answers = await Promise.all([0, 1].map(() => create().answerOffer(chromiumOffer)));
    const offer = await create({ channels: ['control'] }).createOffer();
    const fingerprints = [...answers, offer].map((sdp) => /^a=fingerprint:sha-256 (\S+)/m.exec(sdp)?.[1]);
    expect(fingerprints).not.toContain(undefined);
    expect(new Set(fingerprints).size).toBe(3);
  });

  it('[W17] is refused when anything in it is missing, and forgotten when nobody comes', async () => {
    for (const broken of [
      '',
      'v=0\r\n',
      chromiumOffer.replaceAll(/a=fingerprint.*\r\n/g, ''),
      chromiumOffer.replaceAll(/a=ice-ufrag.*\r\n/g, ''),
      chromiumOffer.replaceAll(/m=.*\r\n/g, ''),
      chromiumOffer.replaceAll('a=setup:actpass', 'a=setup:active'),
    ]) {
      await expect(create().answerOffer(broken)).rejects.toMatchObject({ code: 'invalid_offer' });
    }
    const abandoned = create({ connectTimeoutMs: 300 });
    await abandoned.answerOffer(chromiumOffer).catch(() => {});
    await expect(abandoned.whenConnected()).rejects.toMatchObject({ code: 'connect_timeout' });
    await Promise.all(open.map((connection) => connection.close()));
    await nothingHeld();
  });

  it('[X2] with nothing but .local names and an end of candidates connects, as Firefox makes them', async () => {
    expect(firefoxOffer).toMatch(/a=end-of-candidates/);
    const mdnsOnly = (sdp: string) =>
      sdp
        .replaceAll(/^a=candidate.*\r\n/gm, '')
        .replaceAll(/^(c=.*\r\n)/gm, '$1a=candidate:0 1 UDP 2122252543 1f4712db-ea17.local 40000 typ host\r\n')
        .replaceAll(/^(a=mid.*\r\n)/gm, '$1a=end-of-candidates\r\n');
    const stock = await connectStockPeer({ describe: mdnsOnly });
    expect(await heardBy(stock)).toEqual([]);
    await stock.close();
  });

  it('[X7] without any candidate connects, and its answer has all of ours', async () => {
    const bare = (sdp: string) => sdp.replaceAll(/^a=(candidate|end-of-candidates).*\r\n/gm, '');
    const stock = await connectStockPeer({ describe: bare });
    const answer = stock.peer.remoteDescription?.sdp ?? '';
    expect(answer).toMatch(/^a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 \d+ typ host/m);
    expect(await heardBy(stock)).toEqual([]);
    await stock.close();
  });
});

describe('the ports of connections', () => {
  it('[W15] tell when they are used up, and pass over those of others', async () => {
    const failures: unknown[] = [];
    const onFailure = (error: unknown) => failures.push(error);
    process.on('uncaughtException', onFailure);
    const portRange = [21_310, 21_311] as const;
    const hasIpv6 = await Promise.all([bind('udp4', portRange[0]), bind('udp6', portRange[0])]).then(
      () => true,
      () => false,
    );
    const answer = await create({ portRange }).answerOffer(chromiumOffer);
    const ports = [...answer.matchAll(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/gm)].map((match) => Number(match[1]));
    expect(new Set(ports)).toEqual(new Set([portRange[1]]));
    if (hasIpv6) await bind('udp6', portRange[1]).catch(() => {});
    const others = Array.from({ length: 3 }, () => create({ portRange }).answerOffer(chromiumOffer));
    for (const each of await Promise.allSettled(others)) {
      expect(each).toMatchObject({
        status: 'rejected',
        reason: { code: 'ice_failed', message: expect.stringContaining('in use'), hint: expect.any(String) },
      });
    }
    process.off('uncaughtException', onFailure);
    expect(failures).toEqual([]);
  });

  it.each([
    ['[W14] a connection leaves no socket behind that offered audio and data', {}],
    [
      '[X3] a connection leaves no socket behind on any of its addresses',
      { additionalHostAddresses: ['127.0.0.1', '127.0.0.2'] },
    ],
  ])(
    '%s',
    async (_, extra) => {
      for (let n = 0; n < 3; n++) {
        const offerer = create({ dialCandidates: true, channels: ['control'], ...extra });
        const answerer = create(extra);
        await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
        await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
        await Promise.all([offerer.close(), answerer.close()]);
      }
      await nothingHeld();
    },
    10_000,
  );

  it('[X4] tell the peer at once when a connection of media only is closed', async () => {
    const peer = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: [],
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
    peer.addTransceiver('audio');
    await peer.setLocalDescription(await peer.createOffer());
    const connection = create();
    await peer.setRemoteDescription({
      type: 'answer',
      sdp: await connection.answerOffer(peer.localDescription?.sdp ?? ''),
    });
    const states: string[] = [];
    const closed = new Promise<void>((resolve) => {
      for (const transport of peer.dtlsTransports) {
        transport.onStateChange.subscribe((state) => {
          states.push(state);
          if (state === 'closed') resolve();
        });
      }
    });
    await connection.whenConnected();
    await connection.close();
    await closed;
    expect(states.at(-1)).toBe('closed');
    await peer.close();
  });
});
