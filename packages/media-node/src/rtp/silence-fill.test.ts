import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundAudio, OutboundAudio } from '../connection/media-connection.ts';
import { RtpForwarder } from './rtp-forwarder.ts';
import { OPUS_SILENCE, SilenceFill } from './silence-fill.ts';

function speech(n: number, payload = Uint8Array.of(0xf8, 1)): InboundAudio {
  return { ssrc: 1, sequenceNumber: n, timestamp: n * 960, marker: false, payload };
}

function fill(now = 0): SilenceFill {
  return new SilenceFill(new RtpForwarder({ sequenceNumber: 0, timestamp: 0 }), now);
}

describe('SilenceFill', () => {
  it('says nothing while there is input, and begins 60 ms after the last packet', () => {
    const silence = fill();
    silence.push(speech(0), 'a', 0);
    expect(silence.pull(59.9)).toEqual([]);
    expect(silence.nextAt).toBe(60);
    expect(silence.pull(60)).toEqual([
      {
        sequenceNumber: 1,
        timestamp: 2_880,
        marker: true,
        payload: OPUS_SILENCE,
        audioLevel: 127,
        voiceActivity: false,
      },
    ]);
    expect(silence.nextAt).toBe(80);
    expect(silence.pull(79)).toEqual([]);
  });

  it('begins by itself when nothing ever comes', () => {
    expect(fill(1_000).pull(1_060)).toHaveLength(1);
  });

  it('is one frame of 20 ms of wall clock each, however late it is asked', () => {
    const silence = fill();
    silence.push(speech(0), 'a', 0);
    const frames = [61, 99, 100, 163].flatMap((now) => silence.pull(now));
    expect(frames.map(({ timestamp }) => timestamp / 48)).toEqual([60, 80, 100, 120, 140, 160]);
    expect(frames.map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(frames.map(({ marker }) => marker)).toEqual([true, false, false, false, false, false]);
  });

  it('stops at once when a packet returns, which goes on behind the silence', () => {
    const silence = fill();
    silence.push(speech(0), 'a', 0);
    silence.pull(100);
    expect(silence.push(speech(1), 'a', 105)).toMatchObject({ sequenceNumber: 4, timestamp: 5_760, marker: true });
    expect(silence.push(speech(2), 'a', 106)).toMatchObject({ sequenceNumber: 5, timestamp: 6_720, marker: false });
    expect(silence.pull(165)).toEqual([]);
    expect(silence.pull(166)).toHaveLength(1);
  });

  it('is not ended by packets that do not pass', () => {
    const silence = fill();
    silence.push(speech(5), 'a', 0);
    silence.pull(60);
    expect(silence.push(speech(5), 'a', 70)).toBeUndefined();
    expect(silence.pull(80)).toHaveLength(1);
  });

  it('waits for long packets: 60 ms last until 100 ms', () => {
    const silence = fill();
    silence.push(speech(0, Uint8Array.of(0x18, 1)), 'a', 0);
    expect(silence.pull(99)).toEqual([]);
    expect(silence.pull(100)).toMatchObject([{ timestamp: 4_800 }]);
  });

  it('makes up for at most 10 frames after a stall and leaves the rest as a gap', () => {
    const silence = fill();
    silence.push(speech(0), 'a', 0);
    const frames = silence.pull(5_060);
    expect(frames).toHaveLength(10);
    expect(frames.at(-1)).toMatchObject({ timestamp: 5_060 * 48, sequenceNumber: 10 });
    expect(silence.pull(5_080)).toMatchObject([{ timestamp: 5_080 * 48, sequenceNumber: 11, marker: false }]);
  });

  it('keeps one line without a hole: in any pattern of talk and pauses, asked at any time', () => {
    const pattern = fc.array(
      fc.record({ gapMs: fc.oneof(fc.constant(20), fc.nat(45), fc.nat(900)), pulls: fc.array(fc.nat(900)) }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(pattern, (steps) => {
        const silence = fill();
        let now = 0;
        let sent: OutboundAudio[] = [];
        for (const [n, { gapMs, pulls }] of steps.entries()) {
          const out = silence.push(speech(n), 'a', now);
          expect(out).toBeDefined();
          if (out !== undefined) sent = [...sent, { ...out }];
          const asked = [...pulls.filter((at) => at < gapMs), ...every20(gapMs)].sort((x, y) => x - y);
          for (const at of asked) {
            const frames = silence.pull(now + at);
            if (at < 60) expect(frames).toEqual([]);
            sent = [...sent, ...frames];
          }
          now += gapMs;
        }
        expect(sent.map(({ sequenceNumber }) => sequenceNumber)).toEqual(sent.map((_, index) => index));
        for (const [index, { timestamp }] of sent.entries()) {
          const passed = timestamp - (sent[index - 1]?.timestamp ?? -960);
          expect(passed).toBeGreaterThanOrEqual(960);
          // 60 ms without input, and up to a frame until the next packet comes.
          expect(passed).toBeLessThanOrEqual(80 * 48);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function every20(untilMs: number): number[] {
  return Array.from({ length: Math.floor(untilMs / 20) }, (_, index) => (index + 1) * 20 - 1);
}
