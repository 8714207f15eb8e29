import type { Clock } from '@voice-bridge/core';

/**
 * The one real {@link Clock}: `performance.now()` and `setTimeout`; what is due at once runs behind everything the sockets
 * hold. Both planes are handed it; tests hand in a manual one.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    if (delayMs <= 0) {
      const immediate = setImmediate(task);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
