import type { Clock } from '@voice-bridge/core';

/** Waits until every promise has settled, whichever way, but at most `limitMs`; says whether they all did. Never rejects. */
export function settledWithin(promises: readonly Promise<unknown>[], limitMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, () => resolve(false));
    void Promise.allSettled(promises).then(() => {
      cancel();
      resolve(true);
    });
  });
}
