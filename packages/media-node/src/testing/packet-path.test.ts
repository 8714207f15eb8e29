import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { InboundAudio, OutboundAudio } from '../connection/media-connection.ts';
import { PacketPath } from './packet-path.ts';

function received(sequenceNumber: number, payloadType = 111, payload = Uint8Array.of(0xf8, 0xff, 0xfe)) {
  return { ssrc: 5, sequenceNumber, timestamp: sequenceNumber * 960, marker: false, payloadType, payload };
}

describe('PacketPath', () => {
  it('lets nothing but the negotiated payload type in, and no padding', () => {
    const clock = new ManualClock();
    const taken: InboundAudio[] = [];
    const path = new PacketPath({ ssrc: 9, clock, onAudio: (packet) => taken.push({ ...packet }) });
    path.receive(received(1));
    path.open(111, undefined);
    clock.advance(70);
    path.receive(received(2));
    path.receive(received(3, 63));
    path.receive(received(4, 111, new Uint8Array(0)));
    path.close();
    path.receive(received(5));
    expect(taken.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2]);
    expect(path.stats()).toMatchObject({ packetsReceived: 2, bytesReceived: 3, packetsLost: 1, lastAudioAt: 70 });
  });

  it('hands packets out for the call only, as the real connection does', () => {
    const kept: InboundAudio[] = [];
    const copies: InboundAudio[] = [];
    const onAudio = (packet: InboundAudio) => {
      kept.push(packet);
      copies.push({ ...packet, payload: packet.payload.slice() });
    };
    const path = new PacketPath({ ssrc: 9, clock: new ManualClock(), onAudio });
    path.open(111, undefined);
    const packet = received(7);
    path.receive(packet);
    expect(copies).toEqual([received(7)]);
    expect(packet).toEqual(received(7));
    expect(kept).toMatchObject([{ sequenceNumber: 0, payload: Uint8Array.of(0xff, 0xff, 0xff) }]);
  });

  it('sends copies while open, and counts what it cannot send', () => {
    const sent: OutboundAudio[] = [];
    const path = new PacketPath({ ssrc: 9, clock: new ManualClock() });
    const payload = Uint8Array.of(1, 2);
    const packet = { sequenceNumber: 1, timestamp: 2, marker: true, payload };
    path.send(packet);
    path.open(111, (one) => sent.push(one));
    path.send(packet);
    payload.fill(9);
    path.close();
    path.send(packet);
    expect(sent).toEqual([{ sequenceNumber: 1, timestamp: 2, marker: true, payload: Uint8Array.of(1, 2) }]);
    expect(path.stats()).toMatchObject({ packetsSent: 1, bytesSent: 2, packetsDiscardedOnSend: 2 });
  });
});
