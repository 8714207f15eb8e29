import * as events from '../../openai/item-events.ts';
import type { ApiProblem } from '../../openai/problem.ts';
import { type CallDraft, nextId, patch, send } from './call-state.ts';
import type { ConversationItem, MessageItem } from './conversation.ts';
import { insertItem, previousItemId, replaceItem } from './conversation.ts';
import { interrupt } from './step-interruption.ts';
import { createResponse, listenOrRun, sayInstead } from './step-response.ts';

const DEAF = 'I can hear you, but no speech recogniser is installed here, so I do not know what you said. Please type.';

/** The user began to speak. */
export function speechStarted(draft: CallDraft, startMs: number): void {
  const { turns } = draft.state.settings;
  const itemId = nextId(draft, 'item');
  patch(draft, { userTurn: { name: 'speaking', itemId }, bufferStartMs: startMs });
  send(draft, events.speechStarted(itemId, startMs));
  if (turns.name === 'detected' && turns.onStart === 'interrupt') interrupt(draft, 'turn_detected');
}

/** The user's turn is over: it becomes an item, and is answered unless the session says otherwise. */
export function speechStopped(draft: CallDraft, startMs: number, endMs: number): void {
  const { userTurn, settings } = draft.state;
  if (userTurn.name !== 'speaking') return;
  send(draft, events.speechStopped(userTurn.itemId, endMs));
  commitInput(draft, userTurn.itemId, startMs, endMs);
  if (settings.turns.name === 'detected' && settings.turns.onStop === 'respond')
    createResponse(draft, undefined, undefined);
}

/** Makes what was heard between two positions an item of the conversation and has it recognised. */
export function commitInput(draft: CallDraft, itemId: string, startMs: number, endMs: number): void {
  const content = { type: 'input_audio', transcript: null, durationMs: endMs - startMs } as const;
  const item = { type: 'message', id: itemId, role: 'user', status: 'completed', content: [content] } as const;
  patch(draft, {
    userTurn: { name: 'silent' },
    bufferStartMs: endMs,
    unrecognised: [...draft.state.unrecognised, itemId],
  });
  const before = draft.state.items.at(-1)?.id ?? null;
  send(draft, events.inputCommitted(itemId, before));
  addWholeItem(draft, item, undefined);
  draft.effects.push({ type: 'recognise', itemId, startMs, endMs });
}

/** Adds a whole item behind another one and tells of it. */
export function addWholeItem(draft: CallDraft, item: ConversationItem, after: string | null | undefined): void {
  patch(draft, { items: insertItem(draft.state.items, item, after) });
  const before = previousItemId(draft.state.items, item.id);
  send(draft, events.itemAdded(item, before));
  send(draft, events.itemDone(item, before));
}

/** The words of an item are known; a response that waited for them goes on. */
export function recognised(draft: CallDraft, itemId: string, text: string): void {
  const item = takeUnrecognised(draft, itemId);
  if (item !== undefined) {
    const content = item.content.map((part) => (part.type === 'input_audio' ? { ...part, transcript: text } : part));
    patch(draft, { items: replaceItem(draft.state.items, { ...item, content }) });
    if (draft.state.settings.transcription === 'on') {
      if (text !== '') send(draft, events.transcriptionDelta(itemId, text));
      send(draft, events.transcriptionCompleted(itemId, text, heardMs(item)));
    }
  }
  listenOrRun(draft);
}

/** The words of an item will never be known. Without a recogniser the assistant says so. */
export function recognitionFailed(draft: CallDraft, itemId: string, problem: ApiProblem): void {
  const item = takeUnrecognised(draft, itemId);
  if (item !== undefined && draft.state.settings.transcription === 'on') {
    send(draft, events.transcriptionFailed(itemId, problem));
  }
  if (problem.code === 'recogniser_missing') sayInstead(draft, DEAF);
  listenOrRun(draft);
}

function takeUnrecognised(draft: CallDraft, itemId: string): MessageItem | undefined {
  patch(draft, { unrecognised: draft.state.unrecognised.filter((id) => id !== itemId) });
  const item = draft.state.items.find((each) => each.id === itemId);
  return item?.type === 'message' ? item : undefined;
}

function heardMs(item: MessageItem): number {
  return item.content.reduce((sum, part) => sum + (part.type === 'input_audio' ? part.durationMs : 0), 0);
}
