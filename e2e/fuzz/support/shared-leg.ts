import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { startUdpRelay } from '@voice-bridge/media-node/testing';
import { realClock } from '../../integration/support/real-clock.ts';
import type { SharedPath } from './messages.ts';

/** One leg of a call through a relay that lets an attacker send from the peer's own address and port. */
export interface SharedLeg {
  /** The description to pass on instead of the original. */
  readonly sdp: string;
  readonly path: SharedPath;
}

/**
 * Puts a relay before the author of `sdp`. `attacked` says who the bridge is: the author (forged datagrams go `up`) or the
 * author's peer (`down`). `userName` is what STUN requests to the bridge are addressed to.
 */
export async function startSharedLeg(sdp: string, attacked: 'author' | 'peer', userName: string): Promise<SharedLeg> {
  const relay = await startUdpRelay({ sdp, clock: realClock, random: () => 0.5 });
  const forge = createSocket('udp4');
  forge.on('message', (datagram) => relay.forge(attacked === 'author' ? 'up' : 'down', datagram));
  forge.bind(0, '127.0.0.1');
  await once(forge, 'listening');
  return { sdp: relay.sdp, path: { forgePort: forge.address().port, userName } };
}

/** The first ICE user name fragment in a description. */
export function fragmentOf(sdp: string): string {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';
}
