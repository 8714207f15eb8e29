import { ENDPOINTS, MAX_SIGNALING_LENGTH, MAX_WAITING_LENGTH, type PeerId, parsePeerId } from '@voice-bridge/core';
import type { UpgradeRoute } from '../http/upgrade-router.ts';
import { type PeerPorts, requirePeer } from './require-peer.ts';

/** Room for what may wait for a phone when it joins, and as much again. */
const MAX_PHONE_BYTES = 2 * MAX_WAITING_LENGTH;
/** The same for a desktop, for whom eight phones wait. */
const MAX_DESKTOP_BYTES = 9 * MAX_WAITING_LENGTH;
/** A desktop with eight phones sends some 300 messages at once when its network changes; ten seconds' worth may come together. */
export const MESSAGES_PER_SECOND = 40;

/** Signaling over a WebSocket: what a peer says passes to the other one, unread. Anything but a peer id in the path ends with 4400. */
export function createSignalingRoute(ports: PeerPorts): UpgradeRoute {
  const { relays } = ports;
  return {
    path: `${ENDPOINTS.signaling}/:conversation/:peer`,
    maxMessageBytes: MAX_SIGNALING_LENGTH,
    maxQueuedBytes: MAX_DESKTOP_BYTES,
    messagesPerSecond: MESSAGES_PER_SECOND,
    admit: ({ identity, again, params }) =>
      requirePeer(ports, { identity, again }, params.conversation ?? '', parsePeerId(params.peer ?? '')),
    connect(connection, { identity, params, fail }) {
      const peerId = parsePeerId(params.peer ?? '');
      if (peerId === undefined) {
        connection.close('invalid_peer_id', 'Invalid peer_id');
        return;
      }
      const peer = relays.join(params.conversation ?? '', peerId, identity, {
        hear: (text) => {
          if (connection.queuedBytes > maxQueuedBytes(peerId)) connection.close('slow_consumer', 'You read too slowly');
          else connection.send(text);
        },
        replaced: () => connection.close('replaced', 'Another connection has this peer_id now'),
        removed: () => connection.close('forbidden', 'removed'),
        ousted: fail,
        closing: () => connection.close('going_away', 'The server is shutting down'),
      });
      connection.onClose(() => peer.leave());
      if (identity.phone?.isConfirmed) relays.accept(params.conversation ?? '', identity.phone.peerId);
      // What is not text is no message: the relay says so.
      connection.receive((message) => peer.say(typeof message === 'string' ? message : ''));
    },
  };
}

/** Most bytes that may wait for a peer: one that reads more slowly is cut off. */
export function maxQueuedBytes(peerId: PeerId): number {
  return peerId === 'desktop' ? MAX_DESKTOP_BYTES : MAX_PHONE_BYTES;
}
