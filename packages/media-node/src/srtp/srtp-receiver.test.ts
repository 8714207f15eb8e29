import { describe, expect, it } from 'vitest';
import { rtcpPacket, rtpPacket, SRTP_PROFILES, srtpKeys } from '../testing/srtp-packets.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';
import { MAX_STREAMS } from './srtp-stream.ts';

const OVERHEADS = { AES_CM_128_HMAC_SHA1_80: [10, 14], AEAD_AES_128_GCM: [16, 20] } as const;

describe.each(SRTP_PROFILES)('%s', (profile) => {
  const sides = () => ({ sender: new SrtpSender(srtpKeys(profile)), receiver: new SrtpReceiver(srtpKeys(profile)) });
  const sealedRtp = (sender: SrtpSender, sequenceNumber: number, ssrc?: number) => {
    const { buffer, length } = rtpPacket(sequenceNumber, ssrc);
    return buffer.subarray(0, sender.protectRtp(buffer, length));
  };
  const sealedRtcp = (sender: SrtpSender, ssrc?: number) => {
    const { buffer, length } = rtcpPacket(ssrc);
    return buffer.subarray(0, sender.protectRtcp(buffer, length));
  };
  const receiveRtp = (receiver: SrtpReceiver, packet: Uint8Array) =>
    receiver.unprotectRtp(packet.slice(), packet.length) >= 0;
  const receiveRtcp = (receiver: SrtpReceiver, packet: Uint8Array) =>
    receiver.unprotectRtcp(packet.slice(), packet.length) >= 0;

  it('[W8] takes none of 10,000 replayed SRTP packets and none of 10,000 replayed SRTCP packets', () => {
    const { sender, receiver } = sides();
    const rtp = Array.from({ length: 2_500 }, (_, n) => sealedRtp(sender, 64_000 + n));
    const rtcp = Array.from({ length: 2_500 }, () => sealedRtcp(sender));
    const count = (packets: readonly Uint8Array[], receive: typeof receiveRtp) =>
      packets.filter((packet) => receive(receiver, packet)).length;
    expect([count(rtp, receiveRtp), count(rtcp, receiveRtcp)]).toEqual([2_500, 2_500]);
    let accepted = 0;
    for (let round = 0; round < 4; round++) accepted += count(rtp, receiveRtp) + count(rtcp, receiveRtcp);
    expect(accepted).toBe(0);
  });

  it('makes no state for an SSRC that proves nothing', () => {
    const { receiver } = sides();
    const stranger = new SrtpSender(srtpKeys(profile, 9));
    for (let ssrc = 1; ssrc <= MAX_STREAMS; ssrc++) {
      expect(receiveRtp(receiver, sealedRtp(stranger, 1, ssrc))).toBe(false);
      expect(receiveRtcp(receiver, sealedRtcp(stranger, ssrc))).toBe(false);
    }
    expect(receiver.streams).toBe(0);
  });

  it(`hears at most ${MAX_STREAMS} SSRCs, RTP and RTCP together`, () => {
    const senders = [new SrtpSender(srtpKeys(profile)), new SrtpSender(srtpKeys(profile))] as const;
    const { receiver } = sides();
    const ssrcs = Array.from({ length: MAX_STREAMS }, (_, n) => n + 1);
    expect(ssrcs.map((ssrc) => receiveRtp(receiver, sealedRtp(senders[0], 7, ssrc)))).not.toContain(false);
    expect(receiveRtp(receiver, sealedRtp(senders[1], 7, 99))).toBe(false);
    expect(receiveRtcp(receiver, sealedRtcp(senders[1], 98))).toBe(false);
    expect(receiveRtcp(receiver, sealedRtcp(senders[0], 3))).toBe(true);
    expect(receiver.streams).toBe(MAX_STREAMS);
  });

  it('[W9] is not led astray by forged sequence numbers', () => {
    const { sender, receiver } = sides();
    for (let sequence = 60_000; sequence < 60_050; sequence++) {
      const packet = sealedRtp(sender, sequence);
      const forged = packet.slice();
      // As far ahead as the rollover counter can be guessed, and behind.
      forged[2] = ((forged[2] ?? 0) + 0x7f) & 0xff;
      expect(receiveRtp(receiver, forged)).toBe(false);
      forged[2] = ((forged[2] ?? 0) + 0x60) & 0xff;
      expect(receiveRtp(receiver, forged)).toBe(false);
      expect(receiveRtp(receiver, packet)).toBe(true);
    }
  });

  it('refuses a packet with any bit changed, RTP and RTCP', () => {
    const { sender, receiver } = sides();
    for (const [packet, receive] of [
      [sealedRtp(sender, 5), receiveRtp],
      [sealedRtcp(sender), receiveRtcp],
    ] as const) {
      for (let bit = 0; bit < packet.length * 8; bit++) {
        const forged = packet.slice();
        forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(receive(receiver, forged), `bit ${bit}`).toBe(false);
      }
      expect(receive(receiver, packet)).toBe(true);
    }
    expect(receiver.streams).toBe(1);
  });

  it('refuses truncated packets of every length, and lengths beyond the buffer', () => {
    const { sender, receiver } = sides();
    const [rtp, rtcp] = [sealedRtp(sender, 5), sealedRtcp(sender)];
    for (let length = -1; length < rtp.length; length++) expect(receiver.unprotectRtp(rtp.slice(), length)).toBe(-1);
    for (let length = -1; length < rtcp.length; length++) expect(receiver.unprotectRtcp(rtcp.slice(), length)).toBe(-1);
    expect(receiver.unprotectRtp(rtp.slice(), rtp.length + 1)).toBe(-1);
    expect(receiver.unprotectRtcp(rtcp.slice(), rtcp.length + 1)).toBe(-1);
    expect(receiver.unprotectRtp(new Uint8Array(65_507).fill(0x80), 65_507)).toBe(-1);
    expect(receiver.streams).toBe(0);
  });

  it('refuses RTCP that is not encrypted', () => {
    const { receiver } = sides();
    const { buffer, length } = rtcpPacket();
    expect(receiver.unprotectRtcp(buffer, length + OVERHEADS[profile][1])).toBe(-1);
  });

  it('opens the longest packets, and none of another profile’s keys', () => {
    const { sender, receiver } = sides();
    const { buffer, length } = rtpPacket(1, 5, 1_488);
    expect(sender.protectRtp(buffer, length)).toBe(1_500 + OVERHEADS[profile][0]);
    expect(receiver.unprotectRtp(buffer, 1_500 + OVERHEADS[profile][0])).toBe(1_500);
    const { masterKey } = srtpKeys(profile);
    expect(() => new SrtpReceiver({ profile, masterKey, masterSalt: new Uint8Array(13) })).toThrow(TypeError);
    expect(() => new SrtpSender({ profile, masterKey: new Uint8Array(32), masterSalt: new Uint8Array(14) })).toThrow(
      TypeError,
    );
  });
});

describe('SrtpSender', () => {
  it('never protects two packets under one index', () => {
    const sender = new SrtpSender(srtpKeys('AEAD_AES_128_GCM'));
    const protect = (sequence: number) => sender.protectRtp(rtpPacket(sequence).buffer, 92);
    expect([1, 2, 2, 5, 4, 4, 1].map((sequence) => protect(sequence) > 0)).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('refuses what is no packet, is too long or has no room', () => {
    const sender = new SrtpSender(srtpKeys('AES_CM_128_HMAC_SHA1_80'));
    const { buffer, length } = rtpPacket(1);
    expect(sender.protectRtp(buffer, 11)).toBe(-1);
    expect(sender.protectRtp(buffer.subarray(0, length + 9), length)).toBe(-1);
    expect(sender.protectRtp(new Uint8Array(3_000).fill(0x80), 1_501)).toBe(-1);
    expect(sender.protectRtcp(new Uint8Array(100), 7)).toBe(-1);
    expect(sender.protectRtp(buffer, length)).toBe(length + 10);
  });
});
