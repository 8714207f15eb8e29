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
  /** The other side fell silent. */
  readonly onLost: () => void;
}

/** Watches from now on, until the returned function is called, where a connected peer is and whether it still is. */
export function watchPeer({ clock, agent, guard, checks, packets, onLost }: WatchedPeer): CancelTimer {
  const check = (pair: CandidatePair) => checks.ask(pair);
  const lookForSpeaker = () => guard.lookForSpeaker();
  const follower = new PathFollower({ agent: requireIceAgent(agent), lookForSpeaker, check });
  return watchLiveness({
    clock,
    signs: () => guard.answers + packets(),
    look: () => follower.look(),
    ask: () => checks.askSelected(),
    onLost,
  });
}
