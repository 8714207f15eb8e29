import type { Clock } from '@voice-bridge/core';

/** The one real {@link Clock}: `performance.now()` and `setTimeout`. Both planes are handed it; tests hand in a manual one. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
