import type { PeerId } from '@voice-bridge/core';
import type { SessionDirectory } from '../directory/session-directory.ts';
import { type Caller, mayDo, mayOpen } from '../http/identity.ts';

/** What tells who leads. */
export interface LeadPorts {
  readonly directory: Pick<SessionDirectory, 'get' | 'isSomebodyElses'>;
  readonly pairings: { leaderOf(conversationId: string): string | undefined };
  readonly relays: { subjectOf(conversationId: string, peerId: PeerId): string | undefined };
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

  /** The subject that leads; undefined when nobody does. */
  leaderOf(conversationId: string): string | undefined {
    const { directory, pairings, relays } = this.#ports;
    const session = directory.get(conversationId);
    if (session?.state === 'open' || session?.state === 'opening') return session.subject;
    return pairings.leaderOf(conversationId) ?? relays.subjectOf(conversationId, 'desktop');
  }

  /** Whether the caller may do what a leader does: as the one who leads, who may moderate, or, while nobody leads, who may join. Phones may not. */
  mayLead(caller: Caller, conversationId: string): boolean {
    if (!mayOpen(caller)) return false;
    if (mayDo(caller, 'moderate')) return true;
    if (!mayDo(caller, 'join') || this.#ports.directory.isSomebodyElses(conversationId, caller.subject)) return false;
    const leader = this.leaderOf(conversationId);
    return leader === undefined || leader === caller.subject;
  }
}
