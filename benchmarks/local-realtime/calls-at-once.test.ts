import { existsSync } from 'node:fs';
import { skipWithout } from '@voice-bridge/local-realtime/testing';
import { expect, it } from 'vitest';
import { largestGaps } from './calls-at-once.ts';

const hasCompiler = existsSync('/usr/bin/cc') && existsSync('/usr/include/openssl/ssl.h');
/** On a busy machine packets come as late as it lets them. */
const VERY_LATE_MS = 1_000;

it.skipIf(skipWithout({ compiler: hasCompiler }))(
  'three callers of our C program hear two answers each of a scripted model, every packet of them, and when each came',
  async () => {
    const { cold, warm, withStandstills, standstill, cpuPerPacket } = await largestGaps(3);
    for (const gaps of [cold, warm, withStandstills]) {
      expect(gaps).toHaveLength(3);
      // None at all would be a clock that stands still.
      expect(Math.min(...gaps)).toBeGreaterThan(0);
      expect(Math.max(...gaps)).toBeLessThan(VERY_LATE_MS);
    }
    expect(Math.max(...withStandstills)).toBeGreaterThanOrEqual(Math.max(...warm));
    expect(standstill).toBeGreaterThanOrEqual(0);
    expect(cpuPerPacket).toBeGreaterThan(0);
  },
);
