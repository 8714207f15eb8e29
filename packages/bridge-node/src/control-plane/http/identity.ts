import type { PhoneId } from '@voice-bridge/core';

/**
 * What somebody may do: `join` opens a session and speaks, `text` types, `close` ends sessions (those of others only where it is listed),
 * `read` sees sessions and follows events (so does `join`), `moderate` mutes, changes and removes others in sessions that somebody else
 * opened, and ends and replaces those, `signal` takes part in signaling (so does `join`).
 */
export type Scope = 'join' | 'text' | 'close' | 'read' | 'moderate' | 'signal';

/** Who is asking, and what for. */
export interface Identity {
  /** A stable name of the user or tenant; counts for `limits.sessionsPerSubject`. */
  readonly subject: string;
  /** Conversations they may touch. */
  readonly conversations: 'any' | readonly string[];
  /** What they may do there; default everything but `moderate`. */
  readonly scopes?: readonly Scope[];
}

/** Which phone of which desktop somebody is, by a credential of the bridge. */
export interface PairedAs {
  /** The only peer it may signal as. */
  readonly peerId: PhoneId;
  /** Fires when the credential is dead, with the error that says why: whatever is done by it ends. */
  readonly ended: AbortSignal;
  /** Whether the desktop had to accept it, and did. */
  readonly isConfirmed: boolean;
}

/** Who makes a request: somebody whom the application knows, or a phone that was paired. */
export interface Caller extends Identity {
  readonly phone?: PairedAs | undefined;
}

/**
 * Decides who is asking, usually from `Authorization: Bearer …`. Nothing, or a throw, means 401.
 * The request's body is not to be read.
 */
export type Authorize = (
  request: Request,
) => Identity | null | undefined | false | Promise<Identity | null | undefined | false>;

/** Who may connect: a function's verdict, everybody, or (undefined) this machine only and never in production. */
export type AuthorizeOption = Authorize | 'open' | undefined;

/** Whom a request without a name belongs to. */
export const ANONYMOUS: Identity = { subject: 'anonymous', conversations: 'any' };

/** True when the conversation is among those the identity may touch. */
export function mayTouch(identity: Identity, conversationId: string): boolean {
  return identity.conversations === 'any' || identity.conversations.includes(conversationId);
}

/** True when the caller may open sessions where it may join: a phone joins what there is. */
export function mayOpen(caller: Caller): boolean {
  return caller.phone === undefined;
}

/** True when the identity may end sessions that somebody else opened: `close` is on its list. Without a list one ends one's own. */
export function mayEndOthers(identity: Identity): boolean {
  return mayDo(identity, 'moderate') || (identity.scopes?.includes('close') ?? false);
}

/** True when the identity has the scope. */
export function mayDo(identity: Identity, scope: Scope): boolean {
  return identity.scopes === undefined ? scope !== 'moderate' : identity.scopes.includes(scope);
}
