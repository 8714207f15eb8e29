import type { Clock } from '@voice-bridge/core';

/** Real time, for tests of things that real time passes through. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
