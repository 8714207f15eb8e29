import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactDuration, compactNtp, ntpTime, roundTripSeconds } from './ntp-time.ts';

describe('NTP time', () => {
  it('counts seconds from 1900 and parts of them in 2^-32 s', () => {
    expect(ntpTime(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 });
    expect(ntpTime(1_500)).toEqual({ seconds: 2_208_988_801, fraction: 2 ** 31 });
  });

  it('goes on when its seconds wrap in 2036', () => {
    const wrap = (2 ** 32 - 2_208_988_800) * 1_000;
    expect(ntpTime(wrap - 1_000).seconds).toBe(2 ** 32 - 1);
    expect(ntpTime(wrap)).toEqual({ seconds: 0, fraction: 0 });
  });

  it('is shortened to its middle 32 bits', () => {
    expect(compactNtp({ seconds: 0x1234_5678, fraction: 0x9abc_def0 })).toBe(0x5678_9abc);
  });

  it('gives the round-trip time from any two reports, over every wrap, to a 16,384th of a second', () => {
    const moment = fc.double({ min: 0, max: 2 ** 43, noNaN: true });
    const ms = fc.double({ min: 0, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(moment, ms, ms, (sentAt, heldMs, tripMs) => {
        const sent = compactNtp(ntpTime(sentAt));
        fc.pre(sent !== 0);
        const measured = roundTripSeconds(ntpTime(sentAt + heldMs + tripMs), sent, compactDuration(heldMs));
        expect(Math.abs((measured ?? -1) - tripMs / 1_000)).toBeLessThan(1 / 16_384);
      }),
    );
  });

  it('gives none without a report, and never less than nothing', () => {
    expect(roundTripSeconds(ntpTime(1_000), 0, 0)).toBeUndefined();
    expect(roundTripSeconds(ntpTime(1_000), compactNtp(ntpTime(1_000)), compactDuration(5))).toBe(0);
  });

  it('holds durations that do not fit', () => {
    expect([compactDuration(-1), compactDuration(1_000), compactDuration(1e9)]).toEqual([0, 65_536, 2 ** 32 - 1]);
  });
});
