import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { RTCDtlsTransport, RTCPeerConnection, RtcpRrPacket, RtpHeader } from 'werift';
import { parseRtcp, type RtcpPacket } from '../rtp/rtcp-packet.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { exportedKeys } from './exported-keys.ts';
import { createMediaConnection } from './werift-connection.ts';

const PACKETS = 20;
const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
  vi.restoreAllMocks();
});

/** A foreign peer that keeps every media datagram as it comes. */
function foreignPeer() {
  const peer = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  closing.push(peer);
  peer.addTransceiver('audio');
  const datagrams: Buffer[] = [];
  let look = () => {};
  for (const transport of peer.iceTransports) {
    transport.connection.onData.subscribe((datagram) => {
      const first = datagram[0] ?? 0;
      if (first < 128 || first > 191) return;
      datagrams.push(Buffer.from(datagram));
      look();
    });
  }
  const arrived = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (datagrams.length >= count) resolve();
      };
      look();
    });
  return { peer, datagrams, arrived };
}

/** Opens every datagram under the one pair of keys there is: two writers would meet in one packet index. */
function openAll(peer: RTCPeerConnection, datagrams: readonly Buffer[]) {
  const association = peer.dtlsTransports[0]?.dtls;
  const keys = association === undefined ? undefined : exportedKeys(association);
  if (keys === undefined) throw new Error('The peer has no media keys');
  const receiver = new SrtpReceiver(keys.remoteKeys);
  const reports: RtcpPacket[] = [];
  let rtp = 0;
  for (const datagram of datagrams) {
    const isRtcp = (datagram[1] ?? 0) >= 192 && (datagram[1] ?? 0) <= 223;
    const length = isRtcp
      ? receiver.unprotectRtcp(datagram, datagram.length)
      : receiver.unprotectRtp(datagram, datagram.length);
    expect(length, 'a datagram that our keys do not open, or open twice').toBeGreaterThan(0);
    if (!isRtcp) rtp++;
    const parsed = isRtcp ? parseRtcp(datagram, length) : undefined;
    if (parsed?.ok) reports.push(...parsed.value);
  }
  return { rtp, reports };
}

it('has one writer per key: no SRTP or SRTCP of the library ever leaves', async () => {
  const starts = vi.spyOn(RTCDtlsTransport.prototype, 'start');
  const sessions = vi.spyOn(RTCDtlsTransport.prototype, 'updateSrtpSession');
  const { peer, datagrams, arrived } = foreignPeer();
  const clock = new ManualClock();
  const connection = createMediaConnection({ clock, additionalHostAddresses: ['127.0.0.1'] });
  closing.push(connection);
  await peer.setLocalDescription(await peer.createOffer());
  const answer = await connection.answerOffer(peer.localDescription?.sdp ?? '');
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  await connection.whenConnected();

  const [theirs] = peer.dtlsTransports;
  const ours = starts.mock.contexts.find((transport) => transport !== theirs);
  if (!(ours instanceof RTCDtlsTransport)) throw new Error('We have no transport');
  for (let sequenceNumber = 0; sequenceNumber < PACKETS; sequenceNumber++) {
    connection.sendAudio({ sequenceNumber, timestamp: 0, marker: false, payload: Uint8Array.of(0xf8, 0xff, 0xfe) });
  }
  clock.advance(3_100);
  expect(await ours.sendRtp(Buffer.alloc(3), new RtpHeader({ sequenceNumber: 1 }))).toBe(0);
  await expect(ours.sendRtcp([new RtcpRrPacket()])).rejects.toThrow();
  await arrived(PACKETS + 1);
  await connection.close();
  await arrived(PACKETS + 2);

  expect(sessions.mock.contexts).toEqual([theirs]);
  const { rtp, reports } = openAll(peer, datagrams);
  expect(rtp).toBe(PACKETS);
  const announced = Number(/^a=ssrc:(\d+) /m.exec(answer)?.[1]);
  expect(reports).toMatchObject([
    { type: 'senderReport', ssrc: announced, packetCount: PACKETS },
    { type: 'sourceDescription' },
    { type: 'senderReport', ssrc: announced },
    { type: 'sourceDescription' },
    { type: 'goodbye', ssrcs: [announced] },
  ]);
});
