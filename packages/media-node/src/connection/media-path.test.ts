import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { parseRtcp } from '../rtp/rtcp-packet.ts';
import { RtpPacketView } from '../rtp/rtp-packet.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { rtcpPacket, rtpPacket, srtpKeys } from '../testing/srtp-packets.ts';
import type { InboundAudio } from './media-connection.ts';
import { type AgreedMedia, MediaPath } from './media-path.ts';

const localKeys = srtpKeys('AEAD_AES_128_GCM', 1);
const remoteKeys = srtpKeys('AEAD_AES_128_GCM', 2);
const open: MediaPath[] = [];
const clocks: ManualClock[] = [];
afterEach(() => {
  for (const path of open.splice(0)) path.close();
  // However it ended: nothing runs on.
  expect(clocks.splice(0).map((clock) => clock.pending)).not.toContain(1);
});

/** A path, its other end, and what left it, opened there. */
function pathAndPeer(onAudio?: (packet: InboundAudio) => void) {
  const clock = new ManualClock(1_000);
  clocks.push(clock);
  const warnings: unknown[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (fields: unknown) => warnings.push(fields) };
  const path = new MediaPath({ clock, onAudio, logger, random: () => 0.5, epochMs: 0 });
  open.push(path);
  const sender = new SrtpSender(remoteKeys);
  const receiver = new SrtpReceiver(localKeys);
  const rtp: Uint8Array[] = [];
  const rtcp: Uint8Array[] = [];
  const agreed: AgreedMedia = {
    payloadType: 111,
    audioLevelId: 3,
    ssrc: 77,
    cname: 'ours',
    sends: true,
    localKeys,
    remoteKeys,
    sink: {
      send(datagram, sent) {
        const arrived = Uint8Array.from(datagram);
        const isRtcp = ((arrived[1] ?? 0) & 0x7f) >= 64 && ((arrived[1] ?? 0) & 0x7f) < 96;
        const length = isRtcp
          ? receiver.unprotectRtcp(arrived, arrived.length)
          : receiver.unprotectRtp(arrived, arrived.length);
        expect(length).toBeGreaterThan(0);
        (isRtcp ? rtcp : rtp).push(arrived.subarray(0, length));
        sent();
      },
    },
  };
  return {
    clock,
    path,
    agreed,
    warnings,
    rtp,
    reports: () => rtcp.flatMap((packet) => requireOk(parseRtcp(packet, packet.length))),
    receive: (sequenceNumber: number, payloadType = 111, payloadBytes = 3) => {
      const { buffer, length } = rtpPacket(sequenceNumber, 5, payloadBytes);
      buffer[1] = payloadType;
      path.receive(Buffer.from(buffer.subarray(0, sender.protectRtp(buffer, length))));
    },
    receiveReport: () => {
      const { buffer, length } = rtcpPacket(5);
      const sealed = Buffer.from(buffer.subarray(0, sender.protectRtcp(buffer, length)));
      path.receive(Buffer.from(sealed));
      return sealed;
    },
  };
}

function requireOk<T>(parsed: { ok: true; value: T } | { ok: false }): T {
  if (!parsed.ok) throw new Error('Not what it should be');
  return parsed.value;
}

function audio(sequenceNumber: number, payload = Uint8Array.of(1, 2)) {
  return { sequenceNumber, timestamp: sequenceNumber * 960, marker: sequenceNumber === 1, payload };
}

describe('MediaPath', () => {
  it('lets nothing but the agreed payload type in, and no padding', () => {
    const taken: (InboundAudio & { bytes: number })[] = [];
    const { path, agreed, clock, receive } = pathAndPeer((packet) =>
      taken.push({ ...packet, bytes: packet.payload.length }),
    );
    receive(1);
    path.open(agreed);
    clock.advance(70);
    receive(2);
    receive(3, 63);
    receive(4, 111, 0);
    path.receive(Buffer.from('80', 'hex'));
    path.close();
    receive(5);
    expect(taken).toMatchObject([{ ssrc: 5, sequenceNumber: 2, timestamp: 1_920, marker: false, bytes: 3 }]);
    expect(path.stats()).toMatchObject({ packetsReceived: 2, bytesReceived: 3, packetsLost: 1, lastAudioAt: 1_070 });
  });

  it('sends under its own SSRC and payload type, with the level, and counts what it cannot send', () => {
    const { path, agreed, rtp } = pathAndPeer();
    path.send(audio(1));
    path.open(agreed);
    path.send({ ...audio(1), audioLevel: 20, voiceActivity: true });
    path.send(audio(2, new Uint8Array(100).fill(9)));
    path.send(audio(2));
    path.send(audio(3, new Uint8Array(1_490)));
    path.close();
    path.send(audio(4));
    const view = new RtpPacketView();
    const fields = rtp.map((packet) => {
      expect(view.read(packet, packet.length)).toBe(true);
      const { ssrc, payloadType, sequenceNumber, timestamp, marker, payloadStart } = view;
      return { ssrc, payloadType, sequenceNumber, timestamp, marker, payload: [...packet.subarray(payloadStart)] };
    });
    const ours = { ssrc: 77, payloadType: 111 };
    expect(fields).toEqual([
      { ...ours, sequenceNumber: 1, timestamp: 960, marker: true, payload: [1, 2] },
      { ...ours, sequenceNumber: 2, timestamp: 1_920, marker: false, payload: Array.from({ length: 100 }, () => 9) },
    ]);
    expect(Buffer.from(rtp[0] ?? []).toString('hex', 12, 20)).toBe('bede000130940000');
    expect(path.stats()).toMatchObject({ packetsSent: 2, bytesSent: 102, packetsDiscardedOnSend: 4 });
  });

  it('sends nothing when only receiving was agreed', () => {
    const { path, agreed, rtp } = pathAndPeer();
    path.open({ ...agreed, sends: false });
    path.send(audio(1));
    expect(rtp).toEqual([]);
    expect(path.stats()).toMatchObject({ packetsSent: 0, packetsDiscardedOnSend: 1 });
  });

  it('[S-3.17] reports what it sent and received, and says goodbye', () => {
    const { path, agreed, clock, receive, receiveReport, reports } = pathAndPeer();
    path.open(agreed);
    clock.advance(10);
    path.send(audio(1));
    for (const sequence of [10, 11, 13]) receive(sequence);
    path.receive(receiveReport());
    clock.advance(2_500);
    expect(reports()).toMatchObject([
      {
        type: 'senderReport',
        ssrc: 77,
        packetCount: 1,
        octetCount: 2,
        reports: [{ ssrc: 5, packetsLost: 1, fractionLost: 64, highestSequence: 13, lastSenderReport: 0x0a0b0c0d }],
      },
      { type: 'sourceDescription', sources: [{ ssrc: 77, cname: 'ours' }] },
    ]);
    path.close();
    expect(reports().at(-1)).toEqual({ type: 'goodbye', ssrcs: [77] });
    clock.advance(60_000);
    expect(reports()).toHaveLength(5);
  });

  it('goes on with the next packet when the taker throws', () => {
    let taken = 0;
    const { path, agreed, receive, warnings } = pathAndPeer(() => {
      taken++;
      throw new Error('from the taker');
    });
    path.open(agreed);
    for (const sequence of [1, 2]) receive(sequence);
    expect([taken, warnings.length]).toEqual([2, 2]);
  });

  it('stays closed', () => {
    const { path, agreed, clock, rtp } = pathAndPeer();
    path.close();
    path.open(agreed);
    path.send(audio(1));
    expect([rtp.length, clock.pending]).toEqual([0, 0]);
  });
});
