import type { CancelTimer, Clock } from '@voice-bridge/core';
import type { SessionDirectory } from '../directory/session-directory.ts';
import { ANONYMOUS, type Caller, mayDo, mayTouch } from '../http/identity.ts';
import { type Asker, reauthorize } from '../http/reauthorize.ts';
import { pairingError } from './pairing-error.ts';
import type { Pairings } from './pairings.ts';

/** What {@link Inviters} go by. */
export interface InvitersOptions {
  readonly clock: Clock;
  readonly pairings: Pick<Pairings, 'list' | 'revoke'>;
  readonly directory: Pick<SessionDirectory, 'get' | 'conversationOf'>;
}

/** Somebody with phones in a conversation. */
interface Inviter {
  readonly conversationId: string;
  readonly subject: string;
  /** Asks who they are by what they showed last. */
  again: Asker['again'];
  /** Since when nobody is known by that; undefined while somebody is. */
  unknownSince: number | undefined;
  stop: CancelTimer;
}

/**
 * How long phones stay whose inviter is nobody any more, in ms: a token that was taken away looks like one that ran out, and who has a
 * fresh one shows it meanwhile.
 */
export const UNKNOWN_INVITER_MS = 600_000;
/** How long the application may take to say who somebody is, in ms. */
const ASK_MS = 30_000;

/** Whoever invited phones, asked again and again whether they may still be in the conversation: their phones are there in their name. */
export class Inviters {
  readonly #options: InvitersOptions;
  readonly #known = new Map<string, Inviter>();

  constructor(options: InvitersOptions) {
    this.#options = options;
  }

  /** Somebody invites a phone. Nobody in particular may always be there. */
  invited({ identity, again }: Pick<Asker, 'identity' | 'again'>, conversationId: string): void {
    if (identity === ANONYMOUS) return;
    const { subject } = identity;
    const key = keyOf(conversationId, subject);
    if (this.#known.has(key)) {
      this.showed({ identity, again }, conversationId);
      return;
    }
    const inviter: Inviter = { conversationId, subject, again, unknownSince: undefined, stop: () => {} };
    inviter.stop = reauthorize(
      this.#options.clock,
      () => this.#check(inviter),
      () => this.#revoke(inviter),
    );
    this.#known.set(key, inviter);
  }

  /** Somebody who may be in the conversation was there just now, perhaps with a fresher token. */
  showed({ identity, again }: Pick<Asker, 'identity' | 'again'>, conversationId: string): void {
    const inviter = this.#known.get(keyOf(conversationId, identity.subject));
    if (inviter === undefined) return;
    inviter.again = again;
    inviter.unknownSince = undefined;
  }

  /** Asks now. Rejects with `unauthorized` when the inviter may not be there: its phones are gone then. */
  async check(conversationId: string, subject: string): Promise<void> {
    const inviter = this.#known.get(keyOf(conversationId, subject));
    if (inviter === undefined) return;
    try {
      await this.#check(inviter);
    } catch {
      this.#revoke(inviter);
      throw pairingError('unauthorized');
    }
  }

  /** A participant is being taken out of a session: whoever has no other place in it loses their phones there as well. */
  kicked(conversationId: string, participantId: string): void {
    const { directory } = this.#options;
    const others = (directory.get(conversationId)?.participants ?? []).filter(
      (each) => each.participantId !== participantId,
    );
    for (const inviter of [...this.#known.values()]) {
      const { subject } = inviter;
      const isTheirs = (id: string) => directory.conversationOf(id, subject) === conversationId;
      if (inviter.conversationId !== conversationId || !isTheirs(participantId)) continue;
      if (!others.some((each) => isTheirs(each.participantId))) this.#revoke(inviter);
    }
  }

  /** Asks nobody any more. */
  close(): void {
    for (const { stop } of this.#known.values()) stop();
    this.#known.clear();
  }

  /** Rejects when the inviter may not be there any more. */
  async #check(inviter: Inviter): Promise<void> {
    const { clock, pairings } = this.#options;
    const { conversationId, subject, again } = inviter;
    if (pairings.list({ conversationId, inviter: subject }).length === 0) {
      this.#forget(inviter);
      return;
    }
    const identity = await this.#ask(inviter);
    // Meanwhile they came with another token that was good, or their last phone went.
    if (inviter.again !== again || this.#known.get(keyOf(conversationId, subject)) !== inviter) return;
    if (identity === undefined) {
      inviter.unknownSince ??= clock.now();
      if (clock.now() - inviter.unknownSince < UNKNOWN_INVITER_MS) return;
      throw pairingError('unauthorized');
    }
    inviter.unknownSince = undefined;
    if (!mayTouch(identity, conversationId) || !mayDo(identity, 'join')) throw pairingError('unauthorized');
  }

  /** Who they are by what they showed last; undefined when that is nobody, somebody else, or not told in time. */
  #ask({ again, subject }: Inviter): Promise<Caller | undefined> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ASK_MS, () => resolve(undefined));
      const told = (now?: Caller) => {
        cancel();
        resolve(now?.subject === subject ? now : undefined);
      };
      again().then(told, () => told());
    });
  }

  #revoke(inviter: Inviter): void {
    const { conversationId, subject } = inviter;
    this.#forget(inviter);
    this.#options.pairings.revoke({ conversationId, inviter: subject });
  }

  #forget(inviter: Inviter): void {
    const key = keyOf(inviter.conversationId, inviter.subject);
    inviter.stop();
    if (this.#known.get(key) === inviter) this.#known.delete(key);
  }
}

function keyOf(conversationId: string, subject: string): string {
  return JSON.stringify([conversationId, subject]);
}
