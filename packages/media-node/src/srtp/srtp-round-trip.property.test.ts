import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RoomyPacket, rtpPacket, SRTP_PROFILES, srtpKeys } from '../testing/srtp-packets.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

interface Sealed extends RoomyPacket {
  readonly plain: Uint8Array;
}

function seal(sender: SrtpSender, packet: RoomyPacket): Sealed {
  const plain = packet.buffer.slice(0, packet.length);
  const length = sender.protectRtp(packet.buffer, packet.length);
  expect(length).toBeGreaterThan(packet.length);
  return { buffer: packet.buffer, length, plain };
}

function opens(receiver: SrtpReceiver, { buffer, length, plain }: Sealed): boolean {
  const arrived = buffer.slice();
  const opened = receiver.unprotectRtp(arrived, length);
  if (opened < 0) {
    expect(arrived).toEqual(buffer);
    return false;
  }
  expect(arrived.subarray(0, opened)).toEqual(plain);
  return true;
}

/** Steps forward from packet to packet: mostly the next one, at times a gap as long as the rollover counter survives. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 32_767 }) },
    { weight: 1, arbitrary: fc.constant(32_767) },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

describe.each(SRTP_PROFILES)('%s', (profile) => {
  it('[W9] opens every packet that arrives, over any gap below 2^15 and any number of wraps', () => {
    fc.assert(
      fc.property(fc.nat(65_535), steps, fc.nat(255), (start, gaps, payloadBytes) => {
        const [sender, receiver] = [new SrtpSender(srtpKeys(profile)), new SrtpReceiver(srtpKeys(profile))];
        let sequence = start;
        expect(opens(receiver, seal(sender, rtpPacket(sequence, 5, payloadBytes)))).toBe(true);
        for (const gap of gaps) {
          // What lies between is made and lost.
          if (gap > 1) seal(sender, rtpPacket(sequence + Math.floor(gap / 2)));
          sequence += gap;
          expect(opens(receiver, seal(sender, rtpPacket(sequence, 5, payloadBytes)))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('opens reordered packets once each, and their repetitions never', () => {
    const order = fc.array(fc.nat(30), { minLength: 1, maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(fc.nat(65_535), order, (start, picks) => {
        const [sender, receiver] = [new SrtpSender(srtpKeys(profile)), new SrtpReceiver(srtpKeys(profile))];
        const packets = Array.from({ length: 31 }, (_, n) => seal(sender, rtpPacket(start + n, 5 + (n % 2))));
        const opened = new Set<number>();
        // What is older than the first packet of its source may belong to a rollover nobody has heard of.
        for (const first of [0, 1]) {
          const packet = packets[first];
          if (packet !== undefined) expect(opens(receiver, packet)).toBe(true);
          opened.add(first);
        }
        for (const pick of picks) {
          const packet = packets[pick];
          if (packet === undefined) continue;
          expect(opens(receiver, packet)).toBe(!opened.has(pick));
          opened.add(pick);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('[W9] hears a stream whose first packets, up to a wrap, were lost', () => {
    const [sender, receiver] = [new SrtpSender(srtpKeys(profile)), new SrtpReceiver(srtpKeys(profile))];
    for (let sequence = 65_530; sequence < 65_536 + 10; sequence++) seal(sender, rtpPacket(sequence));
    expect(opens(receiver, seal(sender, rtpPacket(65_536 + 10)))).toBe(true);
  });

  it('changes no bit of a packet it is given without the right keys', () => {
    const anyBytes = fc.uint8Array({ maxLength: 120, size: 'max' });
    const receiver = new SrtpReceiver(srtpKeys(profile));
    fc.assert(
      fc.property(anyBytes, fc.boolean(), (bytes, looksRight) => {
        if (looksRight && bytes.length > 1) bytes.set([0x80, 200]);
        const before = bytes.slice();
        expect(receiver.unprotectRtp(bytes, bytes.length)).toBe(-1);
        expect(receiver.unprotectRtcp(bytes, bytes.length)).toBe(-1);
        expect(bytes).toEqual(before);
      }),
    );
    expect(receiver.streams).toBe(0);
  });
});
