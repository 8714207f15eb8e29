import * as events from '../../openai/item-events.ts';
import { type CallDraft, patch, send } from './call-state.ts';
import { audioDurationMs, replaceItem, truncateSpeech } from './conversation.ts';
import { waitForUser } from './idle.ts';
import { conversationResponse, runningResponse, updateRunning } from './responses.ts';
import { finishResponse } from './step-response.ts';

/** Cuts the assistant off: the conversation's response ends cancelled and the listener's queue is emptied. */
export function interrupt(draft: CallDraft, reason: 'turn_detected' | 'client_cancelled'): void {
  const response = conversationResponse(draft.state);
  if (response !== undefined) finishResponse(draft, response.plan.id, { name: 'cancelled', reason });
  clearSpeaker(draft);
}

/** Empties the listener's queue, if anything is in it. */
export function clearSpeaker(draft: CallDraft): void {
  if (draft.state.speaker.name !== 'silent') draft.effects.push({ type: 'clearSpeaker' });
}

/** The queue was emptied: tells so, and cuts what was not heard from the conversation. */
export function speakerCleared(
  draft: CallDraft,
  heard: readonly { readonly itemId: string; readonly heardMs: number }[],
): void {
  const { speaker } = draft.state;
  if (speaker.name === 'silent') return;
  patch(draft, { speaker: { name: 'silent' }, spokenUntil: draft.now });
  if (draft.state.idle.name === 'playing') waitForUser(draft, []);
  send(draft, events.outputBuffer('cleared', speaker.responseId));
  for (const { itemId, heardMs } of heard) truncate(draft, itemId, heardMs);
}

/** Keeps only what was heard of an item; an item heard whole stays as it is. */
export function truncate(draft: CallDraft, itemId: string, heardMs: number): void {
  const item = draft.state.items.find((each) => each.id === itemId);
  if (item?.type !== 'message' || heardMs >= audioDurationMs(item)) return;
  const cut = truncateSpeech(item, heardMs);
  patch(draft, { items: replaceItem(draft.state.items, cut) });
  // Of a message that is still being written, what comes next follows what was heard.
  for (const response of draft.state.responses) {
    if (response.name === 'running')
      updateRunning(draft, response.plan.id, { output: replaceItem(response.output, cut) });
  }
  send(draft, events.itemTruncated(itemId, heardMs));
}

/** The listener now hears this response: an earlier one has been heard to its end. */
export function speakerTurned(draft: CallDraft, responseId: string): void {
  const { speaker } = draft.state;
  if (speaker.name === 'silent' || speaker.responseId === responseId) return;
  send(draft, events.outputBuffer('stopped', speaker.responseId));
  patch(draft, { speaker: { name: 'playing', responseId } });
  send(draft, events.outputBuffer('started', responseId));
}

/** Everything queued was heard; the buffer stops unless the response is still being made. */
export function speakerDrained(draft: CallDraft): void {
  const { speaker } = draft.state;
  if (speaker.name === 'silent') return;
  if (runningResponse(draft, speaker.responseId) !== undefined) {
    patch(draft, { speaker: { name: 'starved', responseId: speaker.responseId } });
    return;
  }
  patch(draft, { speaker: { name: 'silent' } });
  send(draft, events.outputBuffer('stopped', speaker.responseId));
}
