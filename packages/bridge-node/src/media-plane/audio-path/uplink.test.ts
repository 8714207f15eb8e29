import { ManualClock } from '@voice-bridge/core/testing';
import { type InboundAudio, OPUS_SILENCE, type OutboundAudio } from '@voice-bridge/media-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Uplink } from './uplink.ts';

describe('the uplink', () => {
  it('feeds the model silence in wall-clock time 60 ms after the last packet', () => {
    const { clock, uplink, sent } = bench();
    uplink.push('a', speech(1));
    clock.advance(59);
    expect(sent).toHaveLength(1);
    clock.advance(1_001);
    expect(sent.slice(1).every(isSilence)).toBe(true);
    expect(sent).toHaveLength(1 + 51);
  });

  it('feeds silence from the start when nobody speaks', () => {
    const { clock, sent } = bench();
    clock.advance(1_000);
    expect(sent).toHaveLength(48);
    expect(sent.every(isSilence)).toBe(true);
  });

  it('looks for the end of speech when all other sessions do, whenever its packets come', () => {
    const { clock, uplink } = bench();
    clock.advance(3.4);
    const looks = new Set<number>();
    for (let number = 1; number < 100; number++) {
      uplink.push('a', speech(number));
      clock.advance(19.9);
      if (number > 5) looks.add((clock.nextDueAt ?? 1) % 10);
    }
    expect([...looks]).toEqual([0]);
  });

  it('sends nothing before the model takes audio and nothing after it is closed', () => {
    const { clock, uplink, sent } = bench(false);
    uplink.push('a', speech(1));
    clock.advance(500);
    uplink.start();
    uplink.close();
    uplink.push('a', speech(2));
    clock.advance(500);
    expect(sent).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('puts silence in the place of a muted participant, and its voice back afterwards [S-0.22]', () => {
    const { clock, uplink, sent } = bench();
    uplink.push('a', speech(1));
    uplink.setMuted('a', true);
    for (let number = 2; number < 12; number++) {
      uplink.push('a', speech(number));
      clock.advance(20);
    }
    expect(sent.slice(1).every(isSilence)).toBe(true);
    expect(sent.length).toBeGreaterThan(5);
    uplink.setMuted('a', false);
    uplink.push('a', speech(12));
    expect(numberOf(sent.at(-1))).toBe(12);
  });

  it('gives the floor to the newest speaker, and back when that one is muted or gone', () => {
    const { uplink, sent } = bench();
    uplink.push('a', speech(1));
    uplink.push('b', speech(101));
    uplink.push('a', speech(2));
    uplink.push('b', speech(102));
    uplink.setMuted('b', true);
    uplink.push('b', speech(103));
    uplink.push('a', speech(3));
    uplink.setMuted('b', false);
    uplink.push('b', speech(104));
    uplink.remove('b');
    uplink.push('a', speech(4));
    expect(sent.map(numberOf)).toEqual([1, 101, 102, 3, 104, 4]);
    expect(sent.map(({ sequenceNumber }) => sequenceNumber)).toEqual([500, 501, 502, 503, 504, 505]);
  });

  it('never sends a number twice, never a muted speaker, and never leaves the model without audio', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 150, size: 'max' }), (actions) => {
        const { clock, uplink, sent, sentAt } = bench();
        const muted = new Set<string>();
        const next = { a: 1_000, b: 2_000, c: 3_000 };
        for (const { type, who, ms } of actions) {
          const before = sent.length;
          if (type === 'speak') uplink.push(who, speech(next[who]++));
          if (type === 'lose') next[who] += 3;
          if (type === 'mute') muted.add(who);
          if (type === 'unmute') muted.delete(who);
          if (type === 'mute' || type === 'unmute') uplink.setMuted(who, type === 'mute');
          if (type === 'leave') {
            uplink.remove(who);
            muted.delete(who);
          }
          if (muted.has(who)) expect(sent.slice(before)).toEqual([]);
          clock.advance(ms);
        }
        const numbers = sent.map(({ sequenceNumber }) => sequenceNumber);
        expect(new Set(numbers).size).toBe(numbers.length);
        for (let index = 1; index < sentAt.length; index++) {
          expect((sentAt[index] ?? 0) - (sentAt[index - 1] ?? 0)).toBeLessThanOrEqual(61);
        }
        for (let index = 1; index < sent.length; index++) {
          expect(sent[index]?.timestamp).toBeGreaterThan(sent[index - 1]?.timestamp ?? 0);
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

const action = fc.record({
  type: fc.constantFrom('speak', 'speak', 'speak', 'speak', 'lose', 'mute', 'unmute', 'leave'),
  who: fc.constantFrom('a' as const, 'b' as const, 'c' as const),
  ms: fc.constantFrom(0, 1, 20, 20, 20, 35, 200),
});

function bench(started = true) {
  const clock = new ManualClock();
  const sent: OutboundAudio[] = [];
  const sentAt: number[] = [];
  const uplink = new Uplink(clock, { sequenceNumber: 500, timestamp: 1_000 }, (packet) => {
    sent.push({ ...packet });
    sentAt.push(clock.now());
  });
  if (started) uplink.start();
  return { clock, uplink, sent, sentAt };
}

function speech(number: number): InboundAudio {
  const payload = Uint8Array.of(0xf8, number & 0xff, number >> 8, 1);
  return { ssrc: 7, sequenceNumber: number, timestamp: number * 960, marker: false, payload };
}

function numberOf(packet: OutboundAudio | undefined): number {
  return (packet?.payload[1] ?? 0) + ((packet?.payload[2] ?? 0) << 8);
}

function isSilence({ payload }: OutboundAudio): boolean {
  return payload.length === OPUS_SILENCE.length && payload.every((byte, index) => byte === OPUS_SILENCE[index]);
}
