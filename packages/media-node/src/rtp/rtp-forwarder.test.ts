import { describe, expect, it } from 'vitest';
import type { InboundAudio } from '../connection/media-connection.ts';
import { RtpForwarder, SILENCE_SOURCE } from './rtp-forwarder.ts';

/** TOC bytes of one frame of 2.5, 20 and 60 ms, and of 120 ms (two frames of 60 ms). */
const TOC = { 2.5: 0xe0, 20: 0xf8, 60: 0x18, 120: 0x19 } as const;

function packet(sequenceNumber: number, timestamp: number, extra: Partial<InboundAudio> = {}): InboundAudio {
  return { ssrc: 1, sequenceNumber, timestamp, marker: false, payload: Uint8Array.of(0xf8, 1, 2), ...extra };
}

function started(): RtpForwarder {
  const forwarder = new RtpForwarder({ sequenceNumber: 1_000, timestamp: 50_000 });
  forwarder.push(packet(10, 0), 'a', 0);
  forwarder.push(packet(11, 960), 'a', 20);
  return forwarder;
}

describe('RtpForwarder within one source', () => {
  it('begins at the numbers it was given, with the marker', () => {
    const forwarder = new RtpForwarder({ sequenceNumber: 1_000, timestamp: 50_000 });
    const first = packet(7, 123_456);
    expect(forwarder.push(first, 'a', 0)).toEqual({
      sequenceNumber: 1_000,
      timestamp: 50_000,
      marker: true,
      payload: first.payload,
    });
  });

  it('keeps the level its source measured', () => {
    const loud = packet(12, 1_920, { audioLevel: 12, voiceActivity: true });
    expect(started().push(loud, 'a', 40)).toMatchObject({ audioLevel: 12, voiceActivity: true });
  });

  it('lets gaps through as gaps', () => {
    expect(started().push(packet(14, 960 * 4), 'a', 80)).toMatchObject({ sequenceNumber: 1_004, timestamp: 53_840 });
  });

  it('puts reordered packets in their place and drops duplicates', () => {
    const forwarder = started();
    forwarder.push(packet(14, 960 * 4), 'a', 80);
    const late = packet(12, 960 * 2);
    expect(forwarder.push(late, 'a', 85)).toMatchObject({ sequenceNumber: 1_002, timestamp: 51_920, marker: false });
    expect(forwarder.push({ ...late, payload: Uint8Array.of(0xf8, 9) }, 'a', 90)).toBeUndefined();
    expect(forwarder.push(packet(14, 960 * 4), 'a', 95)).toBeUndefined();
    expect(forwarder.push(packet(13, 960 * 3), 'a', 95)).toMatchObject({ sequenceNumber: 1_003, timestamp: 52_880 });
  });

  it('drops what comes from before its first packet', () => {
    const forwarder = started();
    expect(forwarder.push(packet(9, 4_294_966_336), 'a', 21)).toBeUndefined();
    expect(forwarder.push(packet(10, 0), 'a', 22)).toBeUndefined();
  });

  it('wraps sequence numbers and timestamps on both sides', () => {
    const forwarder = new RtpForwarder({ sequenceNumber: 65_534, timestamp: 4_294_966_000 });
    const sent = [65_533, 65_534, 65_535, 0, 1, 2].map((sequenceNumber, index) => {
      const timestamp = (4_294_965_400 + index * 960) % 4_294_967_296;
      return { ...forwarder.push(packet(sequenceNumber, timestamp), 'a', index * 20) };
    });
    expect(sent.map((out) => out.sequenceNumber)).toEqual([65_534, 65_535, 0, 1, 2, 3]);
    expect(sent.map((out) => out.timestamp)).toEqual([4_294_966_000, 4_294_966_960, 624, 1_584, 2_544, 3_504]);
  });

  it('marks the first packet after a DTX gap and what the source marked', () => {
    const forwarder = started();
    expect(forwarder.push(packet(12, 960 * 2), 'a', 40)).toMatchObject({ marker: false });
    expect(forwarder.push(packet(13, 960 * 22), 'a', 440)).toMatchObject({
      marker: true,
      timestamp: 50_000 + 960 * 22,
    });
    expect(forwarder.push(packet(14, 960 * 23, { marker: true }), 'a', 460)).toMatchObject({ marker: true });
    expect(forwarder.push(packet(16, 960 * 25), 'a', 500)).toMatchObject({ marker: false });
  });

  it.each([2.5, 20, 60, 120] as const)('takes packets of %d ms without seeing a gap between them', (durationMs) => {
    const forwarder = new RtpForwarder({ sequenceNumber: 0, timestamp: 0 });
    const payload = Uint8Array.of(TOC[durationMs], 1);
    const markers = [0, 1, 2].map(
      (n) => forwarder.push(packet(n, n * durationMs * 48, { payload }), 'a', n * durationMs)?.marker,
    );
    expect(markers).toEqual([true, false, false]);
  });

  it('drops what is no Opus packet', () => {
    expect(started().push(packet(12, 1_920, { payload: new Uint8Array(0) }), 'a', 40)).toBeUndefined();
    expect(started().push(packet(12, 1_920, { payload: Uint8Array.of(0xfb, 63) }), 'a', 40)).toBeUndefined();
  });

  it('keeps the line when the source steps back or leaps with its timestamps', () => {
    const forwarder = started();
    expect(forwarder.push(packet(12, 5), 'a', 40)).toMatchObject({ timestamp: 51_920, marker: true });
    expect(forwarder.push(packet(13, 965), 'a', 60)).toMatchObject({ timestamp: 52_880, marker: false });
    expect(forwarder.push(packet(14, 2_000_000_000), 'a', 80)).toMatchObject({ timestamp: 53_840, marker: true });
  });

  it('takes a far-off sequence number only when the next one confirms it', () => {
    const forwarder = started();
    expect(forwarder.push(packet(30_000, 5_000_000), 'a', 40)).toBeUndefined();
    expect(forwarder.push(packet(12, 1_920), 'a', 40)).toMatchObject({ sequenceNumber: 1_002 });
    expect(forwarder.push(packet(30_000, 5_000_000), 'a', 60)).toBeUndefined();
    expect(forwarder.push(packet(30_001, 5_000_960), 'a', 80)).toMatchObject({ sequenceNumber: 1_003, marker: true });
    expect(forwarder.push(packet(30_002, 5_001_920), 'a', 100)).toMatchObject({ sequenceNumber: 1_004, marker: false });
  });
});

describe('RtpForwarder across switches', () => {
  it('[S-2.18] joins the line behind the newest packet, on the wall clock, with the marker', () => {
    const forwarder = started();
    expect(forwarder.push(packet(500, 7_000_000, { ssrc: 2 }), 'b', 50)).toMatchObject({
      sequenceNumber: 1_002,
      timestamp: 50_960 + 30 * 48,
      marker: true,
    });
    expect(forwarder.push(packet(501, 7_000_960, { ssrc: 2 }), 'b', 70)).toMatchObject({
      sequenceNumber: 1_003,
      timestamp: 50_960 + 50 * 48,
      marker: false,
    });
  });

  it('never runs into the packet before, however fast the switch', () => {
    expect(started().push(packet(1, 0), 'b', 21)).toMatchObject({ timestamp: 50_960 + 960 });
  });

  it('drops late packets of the old source, new ones too, until it is selected again', () => {
    const forwarder = started();
    forwarder.push(packet(500, 0), 'b', 40);
    expect(forwarder.push(packet(12, 1_920), 'a', 41)).toBeUndefined();
    expect(forwarder.push(packet(501, 960), 'b', 60)).toMatchObject({ sequenceNumber: 1_003 });
    forwarder.select('a');
    expect(forwarder.push(packet(11, 960), 'a', 61)).toBeUndefined();
    expect(forwarder.push(packet(13, 2_880), 'a', 80)).toMatchObject({ sequenceNumber: 1_004, marker: true });
    expect(forwarder.push(packet(12, 1_920), 'a', 81)).toBeUndefined();
    expect(forwarder.push(packet(502, 1_920), 'b', 82)).toBeUndefined();
  });

  it('drops packets of the new source from before the switch', () => {
    const forwarder = started();
    forwarder.push(packet(500, 5_000), 'b', 40);
    expect(forwarder.push(packet(499, 4_040), 'b', 41)).toBeUndefined();
  });

  it('takes another SSRC of the same source as a switch', () => {
    const forwarder = started();
    expect(forwarder.push(packet(90, 0, { ssrc: 9 }), 'a', 40)).toMatchObject({ sequenceNumber: 1_002, marker: true });
    expect(forwarder.push(packet(12, 1_920), 'a', 41)).toBeUndefined();
  });

  it('lets silence interrupt a source, whose new packets then go on at once', () => {
    const forwarder = started();
    expect(forwarder.push(packet(1, 0, { ssrc: 0 }), SILENCE_SOURCE, 80)).toMatchObject({ sequenceNumber: 1_002 });
    expect(forwarder.push(packet(11, 960), 'a', 90)).toBeUndefined();
    expect(forwarder.push(packet(12, 1_920), 'a', 100)).toMatchObject({ sequenceNumber: 1_003, marker: true });
  });

  it('goes on in the time of the source after silence, unless silence took it already', () => {
    const silence = (n: number, at: number) => [packet(n, n * 960, { ssrc: 0 }), SILENCE_SOURCE, at] as const;
    const paused = started();
    for (let n = 0; n < 15; n++) paused.push(...silence(n, 80 + n * 20));
    // A DTX pause: the next packet is of 400 ms after the last, and comes 7 ms late.
    expect(paused.push(packet(12, 960 + 19_200), 'a', 427)).toMatchObject({ timestamp: 50_960 + 19_200 });
    const stalled = started();
    for (let n = 0; n < 15; n++) stalled.push(...silence(n, 80 + n * 20));
    // A stalled network: the next packet is of 20 ms after the last, and comes 380 ms late.
    expect(stalled.push(packet(12, 1_920), 'a', 400)).toMatchObject({ timestamp: 50_960 + 60 * 48 + 15 * 960 });
    expect(stalled.push(packet(13, 2_880), 'a', 400)).toMatchObject({ timestamp: 50_960 + 60 * 48 + 16 * 960 });
  });

  it('bars a source that silence interrupted once another has followed', () => {
    const forwarder = started();
    forwarder.push(packet(1, 0, { ssrc: 0 }), SILENCE_SOURCE, 80);
    forwarder.push(packet(500, 0), 'b', 100);
    forwarder.push(packet(2, 960, { ssrc: 0 }), SILENCE_SOURCE, 160);
    expect(forwarder.push(packet(12, 1_920), 'a', 170)).toBeUndefined();
    expect(forwarder.push(packet(501, 960), 'b', 180)).toMatchObject({ marker: true });
  });
});
