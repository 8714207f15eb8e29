import { isConversationId, type PeerId, VoiceBridgeError } from '@voice-bridge/core';
import { requireConversation, requireScope } from '../http/checks.ts';
import { type Caller, mayDo } from '../http/identity.ts';
import type { Asker } from '../http/reauthorize.ts';
import { type ConversationLeads, notItsDesktop } from '../pairing/conversation-leads.ts';
import type { Inviters } from '../pairing/inviters.ts';
import { peerIdTaken } from '../pairing/pairing-error.ts';
import type { Pairings } from '../pairing/pairings.ts';
import type { SignalingRelays } from './signaling-relays.ts';

/** What decides who signals as which peer. */
export interface PeerPorts {
  readonly leads: ConversationLeads;
  readonly pairings: Pairings;
  readonly relays: SignalingRelays;
  readonly inviters: Inviters;
}

/**
 * Throws unless the asker may signal in the conversation as this peer: a phone with its credential as its own only, the desktop is who leads
 * the conversation, and what a paired phone has, or was invited as, is nobody else's. Undefined is no peer, and somebody else's to refuse.
 */
export function requirePeer(
  ports: PeerPorts,
  asker: Pick<Asker, 'identity' | 'again'>,
  conversationId: string,
  peerId: PeerId | undefined,
): void {
  const { identity } = asker;
  if (!isConversationId(conversationId)) throw new VoiceBridgeError('not_found', 'There is no such conversation');
  requireConversation(identity, conversationId);
  requireScope(identity, 'signal', 'join');
  requirePlace(ports, identity, conversationId, peerId);
  if (mayDo(identity, 'join')) ports.inviters.showed(asker, conversationId);
}

function requirePlace(
  { leads, pairings, relays }: PeerPorts,
  caller: Caller,
  conversationId: string,
  peerId: PeerId | undefined,
): void {
  if (peerId === undefined || caller.phone?.peerId === peerId) return;
  if (caller.phone !== undefined) throw new VoiceBridgeError('forbidden', 'This phone signals as another peer');
  if (peerId === 'desktop') {
    if (leads.mayLead(caller, conversationId)) return;
    throw notItsDesktop();
  }
  const holder = relays.whoIs(conversationId, peerId)?.subject;
  if (holder !== undefined && holder !== caller.subject) throw peerIdTaken();
  // Who was there before the invitation stays until that is redeemed.
  const entries = pairings.list({ conversationId, peerId });
  if (entries.some(({ state }) => state !== 'invited' || holder === undefined)) throw peerIdTaken();
}
