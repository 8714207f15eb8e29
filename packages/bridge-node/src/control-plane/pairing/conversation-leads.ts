import { VoiceBridgeError } from '@voice-bridge/core';
import type { SessionDirectory } from '../directory/session-directory.ts';
import { type Caller, mayDo, mayOpen } from '../http/identity.ts';
import type { SignalingRelays } from '../signaling/signaling-relays.ts';
import type { Pairings } from './pairings.ts';

/** What tells who leads. */
export interface LeadPorts {
  readonly directory: Pick<SessionDirectory, 'get' | 'isSomebodyElses'>;
  readonly pairings: Pick<Pairings, 'leaderOf' | 'leadBegan'>;
  readonly relays: Pick<SignalingRelays, 'whoIs' | 'oust'>;
}

/**
 * Who leads each conversation, gets the sound of its phones and decides about them: whoever opened its session, and while it has none,
 * whoever led it when its phones were invited, or else is its desktop.
 */
export class ConversationLeads {
  readonly #ports: LeadPorts;

  constructor(ports: LeadPorts) {
    this.#ports = ports;
  }

  /** The subject that leads; undefined when nobody does. A session that is opening is led by nobody yet. */
  leaderOf(conversationId: string): string | undefined {
    const { directory, pairings, relays } = this.#ports;
    const session = directory.get(conversationId);
    if (session?.state === 'open') return session.subject;
    return pairings.leaderOf(conversationId) ?? relays.whoIs(conversationId, 'desktop')?.subject;
  }

  /**
   * Whether the caller may do what a leader does: as the one who leads, who may moderate, or, while nobody leads or is about to open a
   * session, who may join. Phones may not.
   */
  mayLead(caller: Caller, conversationId: string): boolean {
    if (!mayOpen(caller)) return false;
    if (mayDo(caller, 'moderate')) return true;
    if (!mayDo(caller, 'join')) return false;
    const leader = this.leaderOf(conversationId);
    if (leader !== undefined) return leader === caller.subject;
    return !this.#ports.directory.isSomebodyElses(conversationId, caller.subject);
  }

  /** A session opened, which its subject leads: what served somebody else ends, so that no sound of one is heard by the other. */
  began(conversationId: string, leader: string): void {
    const { pairings, relays } = this.#ports;
    pairings.leadBegan(conversationId, leader);
    const desktop = relays.whoIs(conversationId, 'desktop');
    if (desktop === undefined || desktop.subject === leader || mayDo(desktop, 'moderate')) return;
    relays.oust(conversationId, 'desktop', notItsDesktop());
  }
}

/** Why somebody is not the desktop of a conversation. */
export function notItsDesktop(): VoiceBridgeError {
  return new VoiceBridgeError('forbidden', 'Only who leads the conversation, or may moderate, is its desktop');
}
