import type { CancelTimer, Clock } from '@voice-bridge/core';
import type { DatagramGuard } from './datagram-guard.ts';
import { type CandidatePair, requireIceAgent } from './ice-agent.ts';
import { watchLiveness } from './liveness.ts';
import type { PathChecks } from './path-checks.ts';
import { PathFollower } from './path-follower.ts';

/** What {@link watchPeer} looks at. */
export interface WatchedPeer {
  readonly clock: Clock;
  /** The library's ICE agent. */
  readonly agent: unknown;
  readonly guard: DatagramGuard;
  readonly checks: PathChecks;
  /** Authenticated packets of the other side so far. */
  readonly packets: () => number;
  /** Called with the reason when the other side is gone. */
  readonly onLost: (reason: string) => void;
}

/** Watches from now on, until the returned function is called, where a connected peer is and whether it still is. */
export function watchPeer({ clock, agent, guard, checks, packets, onLost }: WatchedPeer): CancelTimer {
  const check = (pair: CandidatePair) => checks.ask(pair);
  const follower = new PathFollower({ agent: requireIceAgent(agent), speaker: () => guard.speaker, check });
  return watchLiveness({
    clock,
    signs: () => guard.answers + packets(),
    look: () => {
      follower.look();
      if (!checks.look()) onLost('The other side answers no check of the path');
    },
    ask: () => checks.askSelected(),
    onLost: () => onLost('The other side fell silent'),
  });
}
