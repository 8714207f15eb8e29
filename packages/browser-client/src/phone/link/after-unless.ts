import type { CancelTimer, Clock } from '@voice-bridge/core';

/** Acts after this many ms, unless `over` was aborted by then. Gives the way to stop waiting. */
export function afterUnless(over: AbortSignal, clock: Clock, ms: number, act: () => void): CancelTimer {
  if (over.aborted) return () => {};
  const cancel = () => {
    over.removeEventListener('abort', cancel);
    stop();
  };
  const stop = clock.after(ms, () => {
    over.removeEventListener('abort', cancel);
    act();
  });
  over.addEventListener('abort', cancel, { once: true });
  return cancel;
}
