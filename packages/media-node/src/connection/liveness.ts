import type { CancelTimer, Clock } from '@voice-bridge/core';
import { LOOK_MS, stepLiveness } from './step-liveness.ts';

/** What a {@link watchLiveness} looks at and does. */
export interface LivenessOptions {
  readonly clock: Clock;
  /** Authenticated signs of life of the other side so far. */
  readonly signs: () => number;
  /** Called at every look; may stop the watch. */
  readonly look: () => void;
  /** Asks the other side for one. */
  readonly ask: () => void;
  /** It is gone; called at most once, and nothing after it. */
  readonly onLost: () => void;
}

/**
 * Watches whether the other side of a connection is still there, from now until the returned function is called. The
 * library notices a peer that vanished only when its consent runs out, half a minute later.
 */
export function watchLiveness({ clock, signs, look: onLook, ask, onLost }: LivenessOptions): CancelTimer {
  let state = { signs: signs(), lookedAt: clock.now(), silentMs: 0 };
  let cancel: CancelTimer = () => {};
  let isStopped = false;
  const look = () => {
    onLook();
    if (isStopped) return;
    const step = stepLiveness(state, signs(), clock.now());
    state = step.state;
    if (step.verdict === 'lost') {
      onLost();
      return;
    }
    if (step.verdict === 'ask') ask();
    cancel = clock.after(LOOK_MS, look);
  };
  cancel = clock.after(LOOK_MS, look);
  return () => {
    isStopped = true;
    cancel();
  };
}
