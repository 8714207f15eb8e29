import { VoiceBridgeError } from '@voice-bridge/core';
import type { ConversationSlot } from './conversation-slot.ts';
import type { Asker, OpenRequest } from './session-requests.ts';

/** Whose the newest `capacity` sessions were that are over: who renews one of them does not lead it by that. */
export class SessionOwners {
  readonly #subjects = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Remembers one; forgets the oldest when there are too many. */
  add(conversationId: string, sessionId: string, subject: string): void {
    this.#subjects.set(keyOf(conversationId, sessionId), subject);
    for (const oldest of this.#subjects.keys()) {
      if (this.#subjects.size <= this.#capacity) return;
      this.#subjects.delete(oldest);
    }
  }

  /** Whose session a request asks for: that of whoever led the one it renews, which may still run in `slot`. */
  ownerOf({ conversationId, renews, subject }: OpenRequest, slot: ConversationSlot): string {
    if (renews === undefined) return subject;
    const { session } = slot;
    const running = session?.options.sessionId === renews ? session.subject : undefined;
    return running ?? this.#subjects.get(keyOf(conversationId, renews)) ?? subject;
  }
}

/** Whether somebody else runs a session here, or is about to. */
export function isSomebodyElses({ session, openings }: ConversationSlot, subject: string): boolean {
  const runs = session !== undefined && (session.state === 'open' || session.state === 'opening');
  if (runs && session.subject !== subject) return true;
  return [...openings].some(
    ({ joins, cancelled, ...opening }) =>
      !joins && cancelled === undefined && opening.subject !== subject && opening.owner !== subject,
  );
}

/** Throws `conversation_taken` when the asker may not end what is here. */
export function requireVacancy(slot: ConversationSlot | undefined, { subject, moderates }: Asker): void {
  if (slot === undefined || moderates || !isSomebodyElses(slot, subject)) return;
  throw new VoiceBridgeError('conversation_taken', 'Somebody else has a session in this conversation', {
    hint: 'Join it with "join": true, or wait until it is over.',
  });
}

function keyOf(conversationId: string, sessionId: string): string {
  return `${conversationId} ${sessionId}`;
}
