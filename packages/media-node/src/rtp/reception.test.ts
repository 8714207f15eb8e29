import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundAudio } from '../connection/media-connection.ts';
import { Reception } from './reception.ts';

function packet(sequenceNumber: number, timestamp = sequenceNumber * 960): InboundAudio {
  const [sequence, time] = [sequenceNumber & 0xffff, timestamp >>> 0];
  return { ssrc: 7, sequenceNumber: sequence, timestamp: time, marker: false, payload: new Uint8Array(10) };
}

function receive(sequenceNumbers: readonly number[]): Reception {
  const reception = new Reception(packet(sequenceNumbers[0] ?? 0));
  for (const [index, number] of sequenceNumbers.entries()) reception.count(packet(number), 12, index * 20);
  return reception;
}

describe('what is received of a source', () => {
  it('is counted with its gaps over any number of wraps, in whatever order it comes', () => {
    const fates = fc.array(fc.record({ lost: fc.boolean(), held: fc.nat(20) }), {
      minLength: 1,
      maxLength: 300,
      size: 'max',
    });
    const start = fc.oneof(fc.nat(65_535), fc.integer({ min: 65_000, max: 65_535 }));
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 9 }), fates, (first, step, list) => {
        const sent = list.map((fate, index) => ({ ...fate, index, sequence: first + index * step }));
        const arrived = sent
          .filter(({ lost, index }) => !lost || index === 0)
          .sort((a, b) => heldUntil(a) - heldUntil(b));
        const highest = Math.max(...arrived.map(({ index }) => index));
        const reception = receive(arrived.map(({ sequence }) => sequence));
        expect(reception.received).toBe(arrived.length);
        expect(reception.lost).toBe(highest * step + 1 - arrived.length);
        const block = reception.report(0);
        expect(block.highestSequence).toBe(first + highest * step);
        expect(block.fractionLost).toBe(Math.floor((256 * reception.lost) / (highest * step + 1)));
      }),
    );
  });

  it('is reported as lost since the report before, in 256ths, and never as more than was expected', () => {
    const reception = receive([65_534, 65_535, 1, 2]);
    expect(reception.report(0)).toMatchObject({ fractionLost: 51, packetsLost: 1, highestSequence: 65_538 });
    for (const number of [3, 4]) reception.count(packet(number), 12, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, packetsLost: 1 });
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, packetsLost: 1 });
    reception.count(packet(1_004), 12, 0);
    expect(reception.report(0)).toMatchObject({ fractionLost: 255, packetsLost: 1_000 });
  });

  it('is less than nothing lost when packets came twice', () => {
    const reception = receive([1, 1, 1, 2]);
    expect(reception.lost).toBe(-2);
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, packetsLost: -2 });
  });

  it('begins anew after a leap and keeps what was lost before', () => {
    const reception = receive([10, 12, 40_000, 40_002, 100]);
    expect(reception.lost).toBe(2);
    expect(reception.report(0)).toMatchObject({ fractionLost: 0, highestSequence: 100 });
  });

  it('has the jitter of RFC 3550 section A.8, also while the timestamps wrap', () => {
    const reception = new Reception(packet(0));
    let expected = 0;
    const transits = [0, 0, 10, -5, 30, 30, 2];
    for (const [index, transitMs] of transits.entries()) {
      const change = index === 0 ? 0 : Math.abs(transitMs - (transits[index - 1] ?? 0)) * 48;
      expected += (change - expected) / 16;
      reception.count(packet(index, 4_294_965_000 + index * 960), 12, 1_000 + index * 20 + transitMs);
    }
    expect(reception.stats(0, 0).jitter).toBeCloseTo(expected / 48_000, 9);
    expect(reception.report(0).jitter).toBe(Math.floor(expected));
  });

  it('does not take a source that sets its clock anew for jitter', () => {
    const reception = receive([1, 2, 3]);
    reception.count(packet(4, 3_000_000_000), 12, 60);
    expect(reception.report(0).jitter).toBe(0);
  });

  it('is told as getStats does, the level linear', () => {
    const reception = receive([1, 3]);
    reception.count({ ...packet(4), audioLevel: 20 }, 20, 60);
    expect(reception.stats(70, 1_000)).toMatchObject({
      type: 'inbound-rtp',
      kind: 'audio',
      ssrc: 7,
      timestamp: 1_070,
      packetsReceived: 3,
      packetsLost: 1,
      bytesReceived: 30,
      headerBytesReceived: 44,
      lastPacketReceivedTimestamp: 1_060,
      audioLevel: 0.1,
    });
  });
});

/** The first packet comes first: the count begins there. */
function heldUntil({ index, held }: { index: number; held: number }): number {
  return index === 0 ? -1 : index + held;
}
