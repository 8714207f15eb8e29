import { type CallDraft, patch } from './call-state.ts';
import { audioDurationMs, type ConversationItem } from './conversation.ts';

/** How long the session waits for the user, in ms; undefined: for ever. */
export function idleTimeoutMs({ state }: CallDraft): number | undefined {
  const { turns } = state.settings;
  return turns.name === 'detected' ? turns.idleTimeoutMs : undefined;
}

/** An answer of the conversation was made: the wait begins when it has been heard. */
export function waitForUser(draft: CallDraft, output: readonly ConversationItem[]): void {
  const { state, now } = draft;
  if (idleTimeoutMs(draft) === undefined || state.userTurn.name === 'speaking') return;
  const spokenMs = output.reduce((sum, item) => sum + audioDurationMs(item), 0);
  const until = state.audio === 'track' ? Math.max(state.spokenUntil, now) : now + spokenMs;
  patch(draft, { idle: { name: 'playing', until } });
  draft.effects.push({ type: 'wakeAt', at: until });
}

/** Somebody said or asked something: nothing is waited for. */
export function stopWaiting(draft: CallDraft): void {
  patch(draft, { idle: { name: 'off' } });
}
