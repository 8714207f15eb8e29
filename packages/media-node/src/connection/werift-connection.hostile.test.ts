import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RTCPeerConnection } from 'werift';
import { systemClock } from '../testing/system-clock.ts';
import type { MediaChannel, MediaConnection } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const peers: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(peers.splice(0).map((peer) => peer.close())));

/** A participant of whom we control every byte, connected to one of our connections. */
async function hostileParticipant(watch: (datagram: Buffer) => void = () => {}) {
  const peer = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  const connection = createMediaConnection({ clock: systemClock, additionalHostAddresses: ['127.0.0.1'] });
  peers.push(connection, peer);
  const raw = peer.createDataChannel('control');
  for (const { connection: ice } of peer.iceTransports) ice.onData.subscribe(watch);
  const channel = new Promise<MediaChannel>((resolve) => connection.on('channel', resolve));
  await peer.setLocalDescription(await peer.createOffer());
  const answer = await connection.answerOffer(peer.localDescription?.sdp ?? '');
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  await connection.whenConnected();
  const dtls = peer.dtlsTransports[0];
  const sctp = peer.sctpTransport?.sctp;
  if (dtls === undefined || sctp === undefined) throw new Error('The participant has no transports');
  return { connection, channel: await channel, raw, dtls, sctp };
}

/** What the participant sends last still arrives: nothing before it has ended or blocked the connection. */
async function stillHears(connection: MediaConnection, channel: MediaChannel, send: (text: string) => void) {
  const heard = new Promise((resolve) => channel.receive((message) => message === 'still there' && resolve(message)));
  send('still there');
  expect(await heard).toBe('still there');
  expect(connection.state.name).toBe('connected');
}

describe('a participant inside DTLS', () => {
  it('cannot end or block the process with malformed SCTP', async () => {
    const { connection, channel, raw, dtls } = await hostileParticipant();
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    const garbage = [
      'garbage',
      '00',
      '138813880000000000000000',
      `138813880000000000000000${'0b000000'}`,
      `138813880000000000000000${'8200000c000d000001880000'}`,
      `138813880000000000000000${'ff000004'}`,
    ];
    for (const hex of garbage) await dtls.sendData(Buffer.from(hex, hex === 'garbage' ? 'utf8' : 'hex'));
    await stillHears(connection, channel, (text) => raw.send(text));
    await turn();
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
  });

  it('cannot end the process with a foreign payload protocol or an acknowledgement of no channel', async () => {
    const { connection, channel, raw, sctp } = await hostileParticipant();
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => rejections.push(reason);
    process.on('unhandledRejection', onRejection);
    await sctp.send(raw.id, 99, Buffer.from('what'), { ordered: true });
    await sctp.send(40, 50, Buffer.of(2), { ordered: true });
    await stillHears(connection, channel, (text) => raw.send(text));
    await turn();
    process.off('unhandledRejection', onRejection);
    expect(rejections).toEqual([]);
  });
});

describe('our DTLS records', () => {
  it('never carry a number twice, so that no first message is lost as a replay', async () => {
    const numbers: number[] = [];
    const { channel, raw } = await hostileParticipant((datagram) => {
      const isRecord = datagram.length > 13 && (datagram[0] ?? 0) >= 20 && (datagram[0] ?? 0) < 64;
      if (isRecord && datagram.readUInt16BE(3) === 1) numbers.push(datagram.readUIntBE(5, 6));
    });
    const echoed = new Promise<void>((resolve) => raw.onMessage.subscribe((text) => text === '39' && resolve()));
    for (let n = 0; n < 40; n++) channel.send(`${n}`);
    await echoed;
    expect(numbers.length).toBeGreaterThan(40);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
