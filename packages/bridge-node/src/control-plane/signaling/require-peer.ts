import { isConversationId, type PeerId, VoiceBridgeError } from '@voice-bridge/core';
import { mayLead, requireConversation, requireScope } from '../http/checks.ts';
import type { EndpointPorts } from '../http/endpoint-ports.ts';
import type { Caller } from '../http/identity.ts';
import type { Pairings } from '../pairing/pairings.ts';

/** What decides who signals as which peer. */
export interface PeerPorts {
  readonly directory: EndpointPorts['directory'];
  readonly pairings: Pairings;
}

/**
 * Throws unless the caller may signal in the conversation as this peer: a phone with its credential as its own only, the desktop is who leads
 * the conversation, and what a paired phone has is nobody else's. Undefined is no peer, and somebody else's to refuse.
 */
export function requirePeer(
  { directory, pairings }: PeerPorts,
  caller: Caller,
  conversationId: string,
  peerId: PeerId | undefined,
): void {
  if (!isConversationId(conversationId)) throw new VoiceBridgeError('not_found', 'There is no such conversation');
  requireConversation(caller, conversationId);
  requireScope(caller, 'signal', 'join');
  if (peerId === undefined || caller.phone?.peerId === peerId) return;
  if (caller.phone !== undefined) throw new VoiceBridgeError('forbidden', 'This phone signals as another peer');
  if (peerId === 'desktop') {
    if (mayLead(directory, caller, conversationId)) return;
    throw new VoiceBridgeError('forbidden', 'Only who opened the session, or may moderate, is its desktop');
  }
  if (!pairings.has(conversationId, peerId)) return;
  throw new VoiceBridgeError('forbidden', 'This peer_id belongs to a phone that was paired', {
    hint: 'Signal as another one, or remove that phone first.',
  });
}
