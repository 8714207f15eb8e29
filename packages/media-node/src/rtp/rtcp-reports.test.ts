import { ManualClock, seededRandom } from '@voice-bridge/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundAudio } from '../connection/media-connection.ts';
import { reportInterval } from './rtcp-interval.ts';
import { parseRtcp, type RtcpPacket } from './rtcp-packet.ts';
import { RtcpReports } from './rtcp-reports.ts';
import { writeReport } from './rtcp-writer.ts';

/** Two sides that send 50 packets a second to each other, in virtual time. */
class Pair {
  readonly clock = new ManualClock(5_000);
  readonly sides: readonly [RtcpReports, RtcpReports];
  readonly sentAt: number[] = [];
  oneWayMs = 40;
  lost: (sequenceNumber: number) => boolean = () => false;
  #sequence = 65_400;

  constructor(epochs: readonly [number, number] = [1_700_000_000_000, 3_000_000]) {
    const side = (ssrc: number, epochMs: number) =>
      new RtcpReports({ ssrc, cname: `side ${ssrc}`, epochMs, random: seededRandom(ssrc) }, this.clock.now());
    this.sides = [side(1, epochs[0]), side(2, epochs[1])];
  }

  run(seconds: number): void {
    for (let tick = 0; tick < seconds * 50; tick++) {
      this.#sequence++;
      this.#exchange(0, 1);
      this.#exchange(1, 0);
      this.clock.advance(20);
    }
  }

  #exchange(from: 0 | 1, to: 0 | 1): void {
    const now = this.clock.now();
    const [near, far] = [this.sides[from], this.sides[to]];
    const packet = audio(from + 1, this.#sequence);
    near.rtpSent(packet, 12, now);
    const report = new Uint8Array(500);
    const length = near.pull(report, now);
    if (length > 0 && from === 0) this.sentAt.push(now);
    this.clock.after(this.oneWayMs, () => {
      const arrivedAt = this.clock.now();
      if (!this.lost(packet.sequenceNumber)) far.rtpReceived(packet, 12, arrivedAt);
      if (length > 0) expect(far.push(report, length, arrivedAt)).toBe(true);
    });
  }
}

describe('the reports of a connection', () => {
  it('tell both sides the round-trip time, whatever their clocks say', () => {
    const pair = new Pair();
    pair.run(30);
    for (const side of pair.sides) {
      const remote = remoteInbound(side, pair.clock.now());
      expect(remote?.roundTripTime).toBeCloseTo(0.08, 3);
      expect(remote?.roundTripTimeMeasurements).toBeGreaterThan(3);
      expect(remote?.totalRoundTripTime).toBeCloseTo(0.08 * (remote?.roundTripTimeMeasurements ?? 0), 2);
    }
  });

  it('tell the sender what is lost, over a wrap of the numbers', () => {
    const pair = new Pair();
    pair.lost = (sequenceNumber) => sequenceNumber % 4 === 0;
    pair.run(60);
    const remote = remoteInbound(pair.sides[0], pair.clock.now());
    expect(remote?.fractionLost).toBeCloseTo(0.25, 1);
    expect(remote?.packetsLost).toBeGreaterThan(650);
    expect(pair.sides[1].packetsLost).toBeCloseTo(750, -1);
    expect(pair.sides[1].packetsReceived).toBeCloseTo(2_250, -1);
  });

  it('are one compound packet each, with a report first and the name behind it', () => {
    const pair = new Pair();
    pair.run(1);
    const [side] = pair.sides;
    const first = pulled(side, pair.clock.now() + 10_000);
    expect(first.map(({ type }) => type)).toEqual(['senderReport', 'sourceDescription']);
    expect(first[0]).toMatchObject({ ssrc: 1, packetCount: 50, octetCount: 150, reports: [{ ssrc: 2 }] });
    expect(first[1]).toEqual({ type: 'sourceDescription', sources: [{ ssrc: 1, cname: 'side 1' }] });
  });

  it('say at which place of the stream they were made', () => {
    const side = new RtcpReports({ ssrc: 1, cname: 'a', epochMs: 0, random: () => 0.5 }, 0);
    side.rtpSent({ ...audio(1, 1), timestamp: 4_294_967_000 }, 12, 100);
    const [report] = pulled(side, 20_100);
    expect(report).toMatchObject({ rtpTimestamp: (4_294_967_000 + 960_000) % 2 ** 32, ntpSeconds: 2_208_988_820 });
  });

  it('do not go back in time for a packet that was overtaken', () => {
    const side = new RtcpReports({ ssrc: 1, cname: 'a', epochMs: 0, random: () => 0.5 }, 0);
    side.rtpSent({ ...audio(1, 2), timestamp: 960 }, 12, 100);
    side.rtpSent({ ...audio(1, 1), timestamp: 0 }, 12, 110);
    expect(pulled(side, 20_100)[0]).toMatchObject({ rtpTimestamp: 960 + 960_000, packetCount: 2 });
  });

  it('believe no round trip that began before we did', () => {
    const side = new RtcpReports({ ssrc: 1, cname: 'a', epochMs: 1_700_000_000_000, random: () => 0.5 }, 0);
    const bytes = new Uint8Array(100);
    const block = { fractionLost: 0, packetsLost: 0, highestSequence: 0, jitter: 0, delaySinceLastSenderReport: 0 };
    const length = writeReport(bytes, 0, 2, undefined, [{ ...block, ssrc: 1, lastSenderReport: 77 }]);
    expect(side.push(bytes, length, 5_000)).toBe(true);
    expect(remoteInbound(side, 5_000)).toMatchObject({ roundTripTime: undefined, roundTripTimeMeasurements: 0 });
  });

  it('become receiver reports when we stop sending, and leave out who stopped', () => {
    const pair = new Pair();
    pair.run(10);
    const [side] = pair.sides;
    let now = pair.clock.now();
    const types = Array.from({ length: 4 }, () => {
      now += 10_000;
      const [report] = pulled(side, now);
      return report?.type === 'senderReport' || report?.type === 'receiverReport'
        ? `${report.type} ${report.reports.length}`
        : 'none';
    });
    expect(types).toEqual(['senderReport 1', 'senderReport 0', 'receiverReport 0', 'receiverReport 0']);
  });

  it('come at random intervals of about five seconds, the first one sooner', () => {
    const pair = new Pair();
    pair.run(600);
    const intervals = pair.sentAt.map((at, index) => at - (pair.sentAt[index - 1] ?? 5_000));
    const [first = 0, ...others] = intervals;
    expect(first).toBeGreaterThan(1_000);
    expect(first).toBeLessThan(3_200);
    expect(Math.min(...others)).toBeGreaterThan(2_000);
    expect(Math.max(...others)).toBeLessThan(6_300);
    const mean = others.reduce((sum, one) => sum + one, 0) / others.length;
    expect(mean).toBeGreaterThan(4_300);
    expect(mean).toBeLessThan(5_500);
    expect(new Set(others).size).toBeGreaterThan(others.length / 2);
  });

  it('end with the goodbye of our stream', () => {
    const pair = new Pair();
    pair.run(1);
    const bytes = new Uint8Array(500);
    const length = pair.sides[0].goodbye(bytes, pair.clock.now());
    const types = parsed(bytes, length).map(({ type }) => type);
    expect(types).toEqual(['senderReport', 'sourceDescription', 'goodbye']);
  });

  it('count nothing of a malformed packet, and nothing about other streams', () => {
    const pair = new Pair();
    pair.run(1);
    const [side] = pair.sides;
    const before = side.stats(0);
    expect(side.push(Uint8Array.of(0x81, 201, 0, 1, 0, 0, 0, 1), 8, 0)).toBe(false);
    const other = new RtcpReports({ ssrc: 9, cname: 'x', epochMs: 0, random: () => 0 }, 0);
    other.rtpReceived(audio(77, 1), 12, 1);
    const bytes = new Uint8Array(200);
    expect(side.push(bytes, other.pull(bytes, 9_000), 0)).toBe(true);
    expect(side.stats(0)).toEqual(before);
  });

  it('stay small whoever sends: eight sources apart, all of them in the totals', () => {
    const side = new RtcpReports({ ssrc: 1, cname: 'a', epochMs: 0, random: () => 0.5 }, 0);
    for (let ssrc = 100; ssrc < 200; ssrc++) {
      for (const number of [1, 3]) side.rtpReceived(audio(ssrc, number), 12, ssrc);
    }
    expect(side.stats(0).filter(({ type }) => type === 'inbound-rtp')).toHaveLength(8);
    expect([side.packetsReceived, side.packetsLost, side.bytesReceived]).toEqual([200, 100, 600]);
    const bytes = new Uint8Array(500);
    expect(parsed(bytes, side.pull(bytes, 9_000))[0]).toMatchObject({ reports: { length: 8 } });
  });
});

describe('the interval between reports', () => {
  it('lies within RFC 3550 section 6.3.1 for any group, and grows with it', () => {
    const conditions = fc.record({
      members: fc.integer({ min: 2, max: 5_000 }),
      weSend: fc.boolean(),
      averageBytes: fc.integer({ min: 60, max: 300 }),
      initial: fc.boolean(),
    });
    fc.assert(
      fc.property(conditions, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100), (group, random, percent) => {
        const senders = Math.max(group.weSend ? 1 : 0, Math.floor((group.members * percent) / 100));
        const interval = reportInterval({ ...group, senders }, random);
        const whole = (group.members * group.averageBytes) / 400;
        const least = ((group.initial ? 2.5 : 5) * 0.5) / 1.21828;
        const most = (Math.max(5, whole / 0.25) * 1.5) / 1.21828;
        expect(interval / 1_000).toBeGreaterThan(least * 0.999);
        expect(interval / 1_000).toBeLessThan(most * 1.001);
      }),
    );
    const mean = (members: number) =>
      reportInterval({ members, senders: members, weSend: true, averageBytes: 120, initial: false }, 0.5);
    expect(mean(2)).toBe(mean(16));
    expect(mean(1_000)).toBeCloseTo(mean(100) * 10, 5);
  });
});

function audio(ssrc: number, sequence: number): InboundAudio {
  const payload = Uint8Array.of(0xf8, 1, 2);
  const timestamp = (sequence * 960) % 2 ** 32;
  return { ssrc, sequenceNumber: sequence % 65_536, timestamp, marker: false, payload };
}

function pulled(side: RtcpReports, now: number): readonly RtcpPacket[] {
  const bytes = new Uint8Array(500);
  return parsed(bytes, side.pull(bytes, now));
}

function parsed(bytes: Uint8Array, length: number): readonly RtcpPacket[] {
  const packets = parseRtcp(bytes, length);
  if (!packets.ok) throw new Error(packets.problem);
  return packets.value;
}

function remoteInbound(side: RtcpReports, now: number) {
  for (const entry of side.stats(now)) if (entry.type === 'remote-inbound-rtp') return entry;
  return undefined;
}
