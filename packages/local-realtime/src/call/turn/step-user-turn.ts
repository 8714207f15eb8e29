import * as events from '../../openai/item-events.ts';
import type { ApiProblem } from '../../openai/problem.ts';
import { type CallDraft, mediaRoom, nextId, patch, send } from './call-state.ts';
import type { ConversationItem, ItemContent, MessageItem } from './conversation.ts';
import { insertItem, previousItemId } from './conversation.ts';
import { stopWaiting } from './idle.ts';
import { withoutOldSounds } from './item-sound.ts';
import { interrupt } from './step-interruption.ts';
import { createResponse, listenOrRun, sayInstead } from './step-response.ts';

const HEARD_RATE_HZ = 16_000;
const DEAF = 'I can hear you, but no speech recogniser is installed here, so I do not know what you said. Please type.';

/** The user began to speak. */
export function speechStarted(draft: CallDraft, startMs: number): void {
  const { turns } = draft.state.settings;
  const itemId = nextId(draft, 'item');
  patch(draft, { userTurn: { name: 'speaking', itemId }, bufferStartMs: startMs });
  stopWaiting(draft);
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
  stopWaiting(draft);
  const durationMs = endMs - startMs;
  const content = { type: 'input_audio', words: null, transcript: null, durationMs, sound: undefined } as const;
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
  const room = mediaRoom(draft.state);
  send(draft, events.itemAdded(item, before, room));
  send(draft, events.itemDone(item, before, room));
}

/** The sound of an item is known. */
export function soundKept(draft: CallDraft, itemId: string, pcm: Int16Array): void {
  changeInput(draft, itemId, (part) => ({ ...part, sound: { pcm, rateHz: HEARD_RATE_HZ } }));
  patch(draft, { items: withoutOldSounds(draft.state.items) });
}

/** The words of an item are known; a response that waited for them goes on. */
export function recognised(draft: CallDraft, itemId: string, text: string): void {
  const isTold = takeUnrecognised(draft, itemId) && draft.state.settings.transcription === 'on';
  const item = changeInput(draft, itemId, (part) => ({
    ...part,
    words: part.words ?? text,
    transcript: isTold ? text : part.transcript,
  }));
  if (item !== undefined && isTold) {
    if (text !== '') send(draft, events.transcriptionDelta(itemId, text));
    send(draft, events.transcriptionCompleted(itemId, text, heardMs(item)));
  }
  listenOrRun(draft);
}

/** The words of an item will never be known. Without a recogniser the assistant says so. */
export function recognitionFailed(draft: CallDraft, itemId: string, problem: ApiProblem): void {
  const isTold = takeUnrecognised(draft, itemId) && draft.state.settings.transcription === 'on';
  const isKnown = draft.state.items.some((each) => each.id === itemId);
  if (isKnown && isTold) send(draft, events.transcriptionFailed(itemId, problem));
  if (problem.code === 'recogniser_missing') sayInstead(draft, DEAF);
  listenOrRun(draft);
}

/** True for an item that was heard by the call; what a client made is recognised too, and not transcribed for it. */
function takeUnrecognised(draft: CallDraft, itemId: string): boolean {
  const { unrecognised, clientSounds } = draft.state;
  const without = (ids: readonly string[]) => ids.filter((id) => id !== itemId);
  patch(draft, { unrecognised: without(unrecognised), clientSounds: without(clientSounds) });
  return !clientSounds.includes(itemId);
}

type InputAudio = Extract<ItemContent, { type: 'input_audio' }>;

/** Changes what was said in an item, wherever it stands: in the conversation, or as the input of one response alone. */
function changeInput(
  draft: CallDraft,
  itemId: string,
  change: (part: InputAudio) => InputAudio,
): MessageItem | undefined {
  let changed: MessageItem | undefined;
  const changeItem = (item: ConversationItem): ConversationItem => {
    if (item.id !== itemId || item.type !== 'message') return item;
    changed = { ...item, content: item.content.map((part) => (part.type === 'input_audio' ? change(part) : part)) };
    return changed;
  };
  const responses = draft.state.responses.map((response) => {
    const { input } = response.plan;
    return input === undefined ? response : { ...response, plan: { ...response.plan, input: input.map(changeItem) } };
  });
  patch(draft, { responses, items: draft.state.items.map(changeItem) });
  return changed;
}

function heardMs(item: MessageItem): number {
  return item.content.reduce((sum, part) => sum + (part.type === 'input_audio' ? part.durationMs : 0), 0);
}
