import type { Clock } from '@voice-bridge/core';

/** Time as it passes. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
