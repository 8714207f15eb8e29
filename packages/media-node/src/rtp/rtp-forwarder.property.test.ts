import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundAudio, OutboundAudio } from '../connection/media-connection.ts';
import { RtpForwarder, SILENCE_SOURCE } from './rtp-forwarder.ts';
import { extendSequence, timestampDistance } from './sequence.ts';

const TOCS = [0xe0, 0xf0, 0xf8, 0x10, 0x18, 0x19] as const;
const start = fc.record({
  sequenceNumber: fc.oneof(fc.integer({ min: 65_400, max: 65_535 }), fc.nat(65_535)),
  timestamp: fc.oneof(fc.integer({ min: 4_294_900_000, max: 4_294_967_295 }), fc.nat(4_294_967_295)),
});

/** Any packet of any source at any time. */
const anyStep = fc.record({
  sourceId: fc.constantFrom('a', 'b', SILENCE_SOURCE),
  ssrc: fc.constantFrom(1, 2),
  sequenceNumber: fc.oneof(fc.nat(40), fc.integer({ min: 65_500, max: 65_535 }), fc.nat(65_535)),
  timestamp: fc.oneof(fc.nat(40_000), fc.integer({ min: 4_294_930_000, max: 4_294_967_295 }), fc.nat(4_294_967_295)),
  marker: fc.boolean(),
  payload: fc.tuple(fc.constantFrom(...TOCS, 0xfb), fc.nat(255)).map((bytes) => Uint8Array.from(bytes)),
  wait: fc.oneof(fc.nat(40), fc.nat(5_000)),
  select: fc.boolean(),
});

/** Puts what leaves on endless lines, so that wraps do not hide anything. */
class Receiver {
  readonly sent = new Map<number, OutboundAudio>();
  highest: number | undefined;
  timestamp = 0;
  /** Whether the newest packet was ahead of all others, and whether time went forward with it. */
  take(out: OutboundAudio): { sequence: number; newest: boolean; passed: number } {
    const sequence = extendSequence(out.sequenceNumber, this.highest ?? out.sequenceNumber);
    expect(this.sent.has(sequence)).toBe(false);
    this.sent.set(sequence, { ...out });
    const newest = this.highest === undefined || sequence > this.highest;
    const passed = this.highest === undefined ? 1 : timestampDistance(this.timestamp, out.timestamp);
    if (newest) {
      this.highest = sequence;
      this.timestamp = out.timestamp;
    }
    return { sequence, newest, passed };
  }
}

describe('RtpForwarder, whatever comes', () => {
  it('sends no sequence number twice and never lets time stand still or run back', () => {
    fc.assert(
      fc.property(start, fc.array(anyStep, { maxLength: 120, size: 'max' }), (first, steps) => {
        const forwarder = new RtpForwarder(first);
        const receiver = new Receiver();
        let now = 0;
        for (const { sourceId, wait, select, ...packet } of steps) {
          now += wait;
          if (select) forwarder.select(sourceId);
          const out = forwarder.push(packet, sourceId, now);
          if (out === undefined) continue;
          const { newest, passed } = receiver.take(out);
          expect(passed > 0).toBe(newest);
          expect(out.payload).toBe(packet.payload);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('keeps one source as it is: constant offsets, gaps stay gaps, each packet once', () => {
    const order = fc.array(fc.record({ lost: fc.boolean(), twice: fc.boolean(), held: fc.nat(12) }), { minLength: 2 });
    fc.assert(
      fc.property(start, fc.nat(65_535), fc.nat(4_294_967_295), fc.constantFrom(...TOCS), order, (first, ...rest) => {
        const [sequence0, timestamp0, toc, fates] = rest;
        const samples = { 224: 120, 240: 480, 248: 960, 16: 1_920, 24: 2_880, 25: 5_760 }[toc];
        const packets = fates.map((fate, index) => ({
          ...fate,
          index,
          packet: inbound(
            sequence0 + index,
            timestamp0 + index * samples,
            Uint8Array.of(toc, index & 0xff, index >> 8),
          ),
        }));
        const arrivals = packets
          .filter(({ lost, index }) => !lost || index === 0)
          .flatMap((one) => (one.twice ? [one, one] : [one]))
          .sort((x, y) => x.index + heldBack(x) - (y.index + heldBack(y)) || x.index - y.index);
        const forwarder = new RtpForwarder(first);
        const receiver = new Receiver();
        const passed = arrivals.flatMap(({ index, packet }) => {
          const out = forwarder.push(packet, 'a', (index * samples) / 48);
          return out === undefined ? [] : [{ index, out: { ...out }, place: receiver.take(out).sequence }];
        });
        expect(new Set(passed.map(({ index }) => index))).toEqual(new Set(arrivals.map(({ index }) => index)));
        for (const { index, out, place } of passed) {
          expect(place - first.sequenceNumber).toBe(index);
          expect(timestampDistance(first.timestamp, out.timestamp)).toBe(index * samples);
          expect(out.payload[1]).toBe(index & 0xff);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('follows the wall clock over any number of switches, each of them marked and without a gap in the numbers', () => {
    const turns = fc.array(
      fc.record({
        sourceId: fc.constantFrom('a', 'b', 'c'),
        packets: fc.integer({ min: 1, max: 30 }),
        pauseMs: fc.oneof(fc.integer({ min: 20, max: 60 }), fc.integer({ min: 20, max: 4_000 })),
        late: fc.nat(3),
      }),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(start, turns, (first, plan) => {
        const forwarder = new RtpForwarder(first);
        const receiver = new Receiver();
        let now = 0;
        let expected = 0;
        for (const [turn, { sourceId, packets, pauseMs, late }] of plan.entries()) {
          const id = `${sourceId}${turn}`;
          for (let n = 0; n < packets; n++) {
            const out = forwarder.push(inbound(turn * 777 + n, turn * 99_999 + n * 960), id, now);
            if (out === undefined) throw new Error('A packet of the new source was dropped');
            expect(receiver.take(out).sequence).toBe(first.sequenceNumber + expected++);
            expect(out.marker).toBe(n === 0);
            expect(timestampDistance(first.timestamp, out.timestamp)).toBe(now * 48);
            now += n === packets - 1 ? pauseMs : 20;
          }
          for (let n = 0; n < late && turn > 0; n++) {
            const before = `${plan[turn - 1]?.sourceId}${turn - 1}`;
            expect(forwarder.push(inbound((turn - 1) * 777 + 30 + n, 0), before, now)).toBeUndefined();
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function inbound(sequence: number, timestamp: number, payload = Uint8Array.of(0xf8, 1)): InboundAudio {
  return { ssrc: 1, sequenceNumber: sequence % 65_536, timestamp: timestamp % 4_294_967_296, marker: false, payload };
}

/** The first packet comes first: what is before it has no place on the line. */
function heldBack({ index, held }: { index: number; held: number }): number {
  return index === 0 ? -1 : held;
}
