import type { VoiceBridgeError } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { FLOOD_MESSAGES, MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, MessageGate } from './message-gate.ts';

const times = (count: number, action: () => boolean) => Array.from({ length: count }, action).filter(Boolean).length;

describe('MessageGate', () => {
  it('takes a burst, then so many in a second, for ever', () => {
    const clock = new ManualClock();
    const gate = new MessageGate(clock, (error) => expect.unreachable(error.code));
    expect(times(MESSAGES_AT_ONCE + 10, () => gate.passes())).toBe(MESSAGES_AT_ONCE);
    for (let second = 0; second < 60; second++) {
      clock.advance(1_000);
      expect(times(MESSAGES_PER_SECOND * 2, () => gate.passes())).toBe(MESSAGES_PER_SECOND);
    }
  });

  it('ends with a coded error what does not stop', () => {
    const floods: VoiceBridgeError[] = [];
    const gate = new MessageGate(new ManualClock(), (error) => floods.push(error));
    expect(times(MESSAGES_AT_ONCE + FLOOD_MESSAGES, () => gate.passes())).toBe(MESSAGES_AT_ONCE);
    expect(floods).toEqual([]);
    expect(gate.passes()).toBe(false);
    expect(floods).toMatchObject([{ code: 'rate_limited', retryable: false }]);
  });
});
