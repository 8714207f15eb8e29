import { type CancelTimer, type Clock, VoiceBridgeError } from '@voice-bridge/core';
import { whenEnded } from '../pairing/when-ended.ts';
import type { Access } from './access.ts';
import { ANONYMOUS, type Caller, type Identity, mayDo, mayTouch } from './identity.ts';
import type { Bind } from './origin-policy.ts';

/** How often somebody who stays is asked for again who they are, in ms. */
export const REAUTHORIZE_MS = 60_000;
/** How many questions in a row may go without an answer; who is asked for once more then may not stay. */
export const UNANSWERED = 10;

/** Rejects when somebody may not stay any more. */
export type Recheck = () => Promise<void>;

/**
 * Asks again and again whether somebody may stay, also while an answer is missing; `onRefused` is told once why not. What was asked before
 * the last yes says nothing any more. Gives the way to stop asking.
 */
export function reauthorize(clock: Clock, recheck: Recheck, onRefused: (error: unknown) => void): CancelTimer {
  let isOver = false;
  let cancel: CancelTimer = () => {};
  let asked = 0;
  /** The newest question that was answered with yes. */
  let known = 0;
  const stop = () => {
    isOver = true;
    cancel();
  };
  const refuse = (error: unknown) => {
    if (isOver) return;
    stop();
    onRefused(error);
  };
  const ask = () => {
    if (asked - known >= UNANSWERED) {
      refuse(new VoiceBridgeError('unauthorized', 'Who you are could not be established'));
      return;
    }
    const question = ++asked;
    cancel = clock.after(REAUTHORIZE_MS, ask);
    recheck().then(
      () => {
        known = Math.max(known, question);
      },
      (error: unknown) => {
        if (question > known) refuse(error);
      },
    );
  };
  cancel = clock.after(REAUTHORIZE_MS, ask);
  return stop;
}

/** {@link reauthorize} for whom the application knows; a phone's end is known by itself, at once, and its credential may change meanwhile. */
export function watchCaller(
  { phone }: Caller,
  clock: Clock,
  recheck: Recheck,
  onRefused: (error: unknown) => void,
): CancelTimer {
  return phone === undefined ? reauthorize(clock, recheck, onRefused) : whenEnded(phone.ended, onRefused);
}

/** Throws `unauthorized` when a credential means somebody else by now. */
export function requireSame(before: Identity, now: Identity): void {
  if (now.subject !== before.subject) throw new VoiceBridgeError('unauthorized', 'You are somebody else by now');
}

/** Who makes a request, and a way to ask for it again, as long as they stay. */
export interface Asker {
  readonly identity: Caller;
  readonly bind: Bind | undefined;
  readonly again: () => Promise<Caller>;
}

/** Who makes the request. Rejects as {@link Access.identify} does. */
export async function askerOf(access: Access, request: Request, bind: Bind | undefined): Promise<Asker> {
  const identity = await access.identify(request, bind);
  const { url, method, headers } = request;
  // Neither its body nor its signal is to be held as long as somebody speaks.
  return { identity, bind, again: () => access.identify(new Request(url, { method, headers }), bind) };
}

/** Whether somebody may stay in the conversation they joined; undefined for nobody in particular, and for phones, whose end is told. */
export function recheckOf({ identity, again }: Asker, conversationId: string): Recheck | undefined {
  if (identity === ANONYMOUS || identity.phone !== undefined) return undefined;
  return async () => {
    const now = await again();
    requireSame(identity, now);
    if (mayTouch(now, conversationId) && mayDo(now, 'join')) return;
    throw new VoiceBridgeError('forbidden', 'You may not be in this conversation any more');
  };
}
