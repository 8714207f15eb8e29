import type { SessionCloseReason, VoiceBridgeError } from '@voice-bridge/core';
import type { LiveSession } from './live-session.ts';
import type { SessionRecord } from './session-record.ts';

/** One request for a session on its way; `cancelled` says why it was given up. */
export interface Opening {
  /** Whose request it is. */
  readonly subject: string;
  /** Whose session it is to be: who renews another one's does not lead it by that. */
  owner: string;
  /** The session the client had and wants to renew. */
  readonly renews: string | undefined;
  /** Whether it only waits to join what others open. */
  joins: boolean;
  cancelled: VoiceBridgeError | undefined;
  cancel: (reason: SessionCloseReason, error: VoiceBridgeError) => void;
}

/** A place for one conversation: at most one session, and whoever waits for the next one. Its changes happen one after the other. */
export class ConversationSlot {
  /** Whom the session counts for; undefined: nobody in particular. */
  subject: string | undefined;
  session: LiveSession | undefined;
  /** What {@link session} renewed: its client may still know it by that id, when the answer never arrived. */
  renewed: string | undefined;
  readonly openings = new Set<Opening>();
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** What is told of its session; one that is over is told of no more, even while the place is being cleared. */
  get record(): SessionRecord | undefined {
    return this.session?.state === 'closed' ? undefined : this.session?.record;
  }

  /** True when nothing is in it and nobody waits for it. */
  get isUnused(): boolean {
    return this.session === undefined && this.#waiting === 0;
  }

  /** True when somebody is about to open a session here. */
  get isAwaited(): boolean {
    return [...this.openings].some((opening) => !opening.joins && opening.cancelled === undefined);
  }

  /** Runs a change when it is its turn. */
  async enqueue<T>(change: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#tail.then(change);
    this.#tail = result.then(
      () => {},
      () => {},
    );
    try {
      return await result;
    } finally {
      this.#waiting--;
    }
  }

  /** Runs an opening when it is its turn; until then, and while it runs, it can be cancelled. */
  async take<T>(opening: Opening, signal: AbortSignal, gaveUp: VoiceBridgeError, change: () => Promise<T>): Promise<T> {
    const giveUp = () => opening.cancel('stopped', gaveUp);
    this.openings.add(opening);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    return this.enqueue(async () => {
      try {
        if (opening.cancelled !== undefined) throw opening.cancelled;
        return await change();
      } finally {
        // Before the next one's turn: nobody is to wait for this one any more.
        signal.removeEventListener('abort', giveUp);
        this.openings.delete(opening);
      }
    });
  }

  /** Whether the session here is neither the one that is to be renewed nor what renewed it. */
  isTakenFrom(renews: string | undefined): boolean {
    if (renews === undefined || this.session === undefined) return false;
    return this.session.options.sessionId !== renews && this.renewed !== renews;
  }

  /** Whether somebody else has the conversation, or is about to, since the session that is to be renewed. */
  isOrGetsTakenFrom(renews: string): boolean {
    const others = [...this.openings].some(
      (opening) => !opening.joins && opening.cancelled === undefined && opening.renews !== renews,
    );
    return others || this.isTakenFrom(renews);
  }
}

/** An {@link Opening} that nobody has cancelled yet. */
export function createOpening(subject: string, renews: string | undefined, joins: boolean): Opening {
  const opening: Opening = {
    subject,
    owner: subject,
    renews,
    joins,
    cancelled: undefined,
    cancel: (_reason, error) => {
      opening.cancelled ??= error;
    },
  };
  return opening;
}

/** How many conversations but this one count for the subject. */
export function countElsewhere(slots: ReadonlyMap<string, ConversationSlot>, asker: Elsewhere): number {
  let count = 0;
  for (const [conversationId, { subject }] of slots) {
    if (subject === asker.subject && conversationId !== asker.conversationId) count++;
  }
  return count;
}

interface Elsewhere {
  readonly conversationId: string;
  readonly subject: string;
}
