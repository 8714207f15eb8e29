import type { InboundAudio } from '@voice-bridge/media-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketOrder, type SoundStep } from './packet-order.ts';

function packet(index: number, ssrc = 1, timestampOffset = 0): InboundAudio {
  const sequenceNumber = (65_530 + index) & 0xffff;
  const timestamp = (0xffff_fff0 + index * 960 + timestampOffset) >>> 0;
  return { ssrc, sequenceNumber, timestamp, marker: false, payload: Uint8Array.of(index) };
}

const order = () => new PacketOrder(() => 20);
const told = (steps: readonly SoundStep[]) =>
  steps.map((step) => (step.type === 'packet' ? step.payload[0] : `${step.type} ${step.durationMs}`));

describe('packet order', () => {
  it('passes packets that come in order at once, across both wraps', () => {
    const line = order();
    expect([0, 1, 2, 7, 8].flatMap((index) => told(index < 3 ? line.push(packet(index), index * 20) : []))).toEqual([
      0, 1, 2,
    ]);
    for (let index = 3; index < 20; index++) expect(told(line.push(packet(index), index * 20))).toEqual([index]);
  });

  it('holds packets behind a gap until the late one comes', () => {
    const line = order();
    line.push(packet(0), 0);
    expect(line.push(packet(2), 20)).toEqual([]);
    expect(told(line.push(packet(1), 30))).toEqual([1, 2]);
  });

  it('keeps what waits though the connection lends a packet for the call only', () => {
    const line = order();
    const lent = packet(2);
    line.push(packet(0), 0);
    line.push(lent, 20);
    lent.payload.fill(0xff);
    expect(told(line.push(packet(1), 30))).toEqual([1, 2]);
  });

  it('gives a missing packet up after 60 ms and says how much was lost, and before which packet', () => {
    const line = order();
    line.push(packet(0), 0);
    line.push(packet(3), 20);
    expect(line.pull(79)).toEqual([]);
    expect(told(line.pull(80))).toEqual(['lost 40', 3]);
    expect(told(line.push(packet(1), 90))).toEqual([]);
    expect(told(line.push(packet(4), 100))).toEqual([4]);
  });

  it('gives up earlier when many packets wait', () => {
    const line = order();
    line.push(packet(0), 0);
    const steps = [2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((index) => told(line.push(packet(index), 1)));
    expect(steps).toEqual(['lost 20', 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('drops what comes twice or too late', () => {
    const line = order();
    line.push(packet(0), 0);
    line.push(packet(1), 20);
    expect(line.push(packet(1), 21)).toEqual([]);
    expect(line.push(packet(0), 22)).toEqual([]);
  });

  it('fills with silence in wall-clock time when packets stop for 120 ms', () => {
    const line = order();
    line.push(packet(0), 0);
    expect(line.pull(119)).toEqual([]);
    expect(told(line.pull(120))).toEqual(['silence 120']);
    expect(line.pull(139)).toEqual([]);
    expect(told(line.pull(145))).toEqual(['silence 20']);
    expect(told(line.pull(1_145))).toEqual(['silence 1000']);
  });

  it('does not fill the same gap twice when packets come back', () => {
    const line = order();
    line.push(packet(0), 0);
    line.pull(400);
    expect(told(line.push(packet(1, 1, 40 * 960), 820))).toEqual(['silence 400', 1]);
    expect(told(line.push(packet(2, 1, 40 * 960), 840))).toEqual([2]);
  });

  it('keeps the pause of a sender that sends nothing in silence (DTX)', () => {
    const line = order();
    line.push(packet(0), 0);
    expect(told(line.push(packet(1, 1, 2 * 960), 60))).toEqual(['silence 40', 1]);
  });

  it('says nothing before the first packet', () => {
    expect(order().pull(10_000)).toEqual([]);
  });

  it('begins anew with another source', () => {
    const line = order();
    line.push(packet(0), 0);
    line.push(packet(5), 20);
    expect(told(line.push(packet(200, 2), 40))).toEqual([200]);
    expect(told(line.push(packet(201, 2), 60))).toEqual([201]);
  });

  it('gives every packet at most once and in order', () => {
    const arrivals = fc.array(
      fc.record({ index: fc.integer({ min: 0, max: 60 }), late: fc.integer({ min: 0, max: 150 }) }),
    );
    fc.assert(
      fc.property(arrivals, (chosen) => {
        const line = order();
        const sorted = chosen.map(({ index, late }) => ({ index, at: index * 20 + late })).sort((a, b) => a.at - b.at);
        const given: number[] = [];
        for (const { index, at } of sorted) {
          for (const step of [...line.pull(at), ...line.push(packet(index), at)]) {
            if (step.type === 'packet') given.push(step.payload[0] ?? -1);
            else expect(step.durationMs).toBeGreaterThan(0);
          }
        }
        expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
      }),
    );
  });
});
