import * as events from '../../openai/item-events.ts';
import { type CallDraft, nextId, patch, send } from './call-state.ts';
import { idleTimeoutMs } from './idle.ts';
import { createResponse } from './step-response.ts';
import { commitInput } from './step-user-turn.ts';

/** A timer may ring a rounding error early. */
const EARLY_MS = 1;

/** Time has passed, and so much was heard: the wait for the user may begin, or be over. */
export function wakeIdle(draft: CallDraft, heardMs: number): void {
  const { idle } = draft.state;
  const timeoutMs = idleTimeoutMs(draft);
  if (idle.name === 'off' || timeoutMs === undefined || draft.now < idle.until - EARLY_MS) return;
  if (idle.name === 'playing') {
    const until = draft.now + timeoutMs;
    patch(draft, { idle: { name: 'waiting', fromMs: heardMs, until } });
    draft.effects.push({ type: 'wakeAt', at: until });
    return;
  }
  prompt(draft, idle.fromMs, heardMs);
}

/** Commits the silence and lets the assistant say something. */
function prompt(draft: CallDraft, fromMs: number, heardMs: number): void {
  const { turns } = draft.state.settings;
  const itemId = nextId(draft, 'item');
  send(draft, events.timeoutTriggered(itemId, fromMs, heardMs));
  commitInput(draft, itemId, fromMs, heardMs);
  draft.effects.push({ type: 'forgetTurn' });
  if (turns.name === 'detected' && turns.onStop === 'respond') createResponse(draft, undefined, undefined);
}
