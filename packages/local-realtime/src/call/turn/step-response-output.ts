import * as itemEvents from '../../openai/item-events.ts';
import type { OutputPlace } from '../../openai/response-events.ts';
import * as events from '../../openai/response-events.ts';
import { PLAYOUT_FRAME_MS, PLAYOUT_FRAME_SAMPLES } from '../output/playout.ts';
import { bytesPerMs, encodeAudio, toBase64 } from '../sound/audio-format.ts';
import { type CallDraft, nextId, patch, type RunningResponse, send } from './call-state.ts';
import {
  type ConversationItem,
  contentText,
  type ItemContent,
  type ItemStatus,
  type MessageItem,
  previousItemId,
  replaceItem,
} from './conversation.ts';
import { withoutOldSounds } from './item-sound.ts';
import { runningResponse, updateRunning } from './responses.ts';

const WORDS_PER_DELTA = 4;
const CHARACTERS_PER_DELTA = 24;
const AUDIO_DELTA_MS = 200;
const SAMPLES_PER_MS = 24;

/** Opens the assistant's message unless one is open. */
export function openMessage(draft: CallDraft, responseId: string): void {
  const running = runningResponse(draft, responseId);
  if (running === undefined || running.openMessageId !== undefined) return;
  const content: ItemContent =
    running.plan.settings.modality === 'audio'
      ? { type: 'output_audio', sentences: [] }
      : { type: 'output_text', text: '' };
  const id = nextId(draft, 'item');
  const item: MessageItem = { type: 'message', id, role: 'assistant', status: 'in_progress', content: [content] };
  addOutputItem(draft, running, item);
  updateRunning(draft, responseId, { openMessageId: id });
  send(draft, events.contentPart('added', placeOf(running, item, running.output.length), content));
}

/** Adds a sentence of text. */
export function addText(draft: CallDraft, responseId: string, text: string): void {
  const open = openOf(draft, responseId);
  if (open?.content.type !== 'output_text') return;
  const added = open.content.text === '' ? text : ` ${text}`;
  writeMessage(draft, open, { type: 'output_text', text: open.content.text + added });
  for (const delta of inDeltas(added)) send(draft, events.textDelta('text', open.place, delta));
}

/** Adds a spoken sentence: tells its words, and plays it or sends it. */
export function addSentence(draft: CallDraft, responseId: string, text: string, pcm: Int16Array): void {
  const open = openOf(draft, responseId);
  if (open?.content.type !== 'output_audio') return;
  const isTrack = draft.state.audio === 'track';
  const durationMs = isTrack ? playoutMs(pcm) : pcm.length / SAMPLES_PER_MS;
  const added = open.content.sentences.length === 0 ? text : ` ${text}`;
  writeMessage(draft, open, {
    type: 'output_audio',
    sentences: [...open.content.sentences, { text, durationMs, pcm }],
  });
  patch(draft, { items: withoutOldSounds(draft.state.items) });
  if (isTrack && durationMs > 0) play(draft, open, pcm, durationMs);
  for (const delta of inDeltas(added)) send(draft, events.textDelta('audio', open.place, delta));
  if (!isTrack) sendSpeech(draft, open, pcm);
}

function play(draft: CallDraft, open: OpenMessage, pcm: Int16Array, durationMs: number): void {
  const responseId = open.running.plan.id;
  draft.effects.push({ type: 'play', segment: { responseId, itemId: open.message.id, pcm } });
  patch(draft, { spokenUntil: Math.max(draft.state.spokenUntil, draft.now) + durationMs });
  startSpeaker(draft, responseId);
}

function sendSpeech(draft: CallDraft, open: OpenMessage, pcm: Int16Array): void {
  const format = open.running.plan.settings.outputFormat;
  const bytes = encodeAudio(pcm, format);
  const step = AUDIO_DELTA_MS * bytesPerMs(format);
  for (let at = 0; at < bytes.length; at += step) {
    send(draft, events.audioDelta(open.place, toBase64(bytes.subarray(at, at + step))));
  }
}

/** Closes the open message, if there is one, with all its `done` events. */
export function closeMessage(draft: CallDraft, responseId: string, status: ItemStatus): void {
  const open = openOf(draft, responseId);
  if (open === undefined) return;
  const text = contentText(open.content);
  if (open.content.type === 'output_audio') {
    for (const event of events.audioDone(open.place, text)) send(draft, event);
  } else {
    send(draft, events.textDone(open.place, text));
  }
  send(draft, events.contentPart('done', open.place, open.content));
  finishItem(draft, open.place, { ...open.message, status });
  updateRunning(draft, responseId, { openMessageId: undefined });
}

/** Adds a whole tool call. */
export function addFunctionCall(draft: CallDraft, responseId: string, name: string, text: string): void {
  const running = runningResponse(draft, responseId);
  if (running === undefined) return;
  const id = nextId(draft, 'item');
  const callId = nextId(draft, 'call');
  const item: ConversationItem = { type: 'function_call', id, status: 'in_progress', callId, name, arguments: text };
  addOutputItem(draft, running, item);
  const place = placeOf(running, item, running.output.length);
  for (let at = 0; at < text.length; at += CHARACTERS_PER_DELTA) {
    send(draft, events.argumentsDelta(place, callId, text.slice(at, at + CHARACTERS_PER_DELTA)));
  }
  send(draft, events.argumentsDone(place, callId, name, text));
  finishItem(draft, place, { ...item, status: 'completed' });
}

function addOutputItem(draft: CallDraft, running: RunningResponse, item: ConversationItem): void {
  updateRunning(draft, running.plan.id, { output: [...running.output, item] });
  send(draft, events.outputItemAdded(placeOf(running, item, running.output.length), item));
  if (running.plan.conversation === 'none') return;
  patch(draft, { items: [...draft.state.items, item] });
  send(draft, itemEvents.itemStarted(item, previousItemId(draft.state.items, item.id)));
}

function finishItem(draft: CallDraft, place: OutputPlace, item: ConversationItem): void {
  storeItem(draft, place.responseId, item);
  send(draft, events.outputItemDone(place, item));
  if (draft.state.items.some((each) => each.id === item.id)) {
    send(draft, itemEvents.itemDone(item, previousItemId(draft.state.items, item.id)));
  }
}

function storeItem(draft: CallDraft, responseId: string, item: ConversationItem): void {
  const running = runningResponse(draft, responseId);
  if (running !== undefined) updateRunning(draft, responseId, { output: replaceItem(running.output, item) });
  patch(draft, { items: replaceItem(draft.state.items, item) });
}

interface OpenMessage {
  readonly running: RunningResponse;
  readonly message: MessageItem;
  readonly content: ItemContent;
  readonly place: OutputPlace;
}

function openOf(draft: CallDraft, responseId: string): OpenMessage | undefined {
  const running = runningResponse(draft, responseId);
  if (running?.openMessageId === undefined) return undefined;
  const index = running.output.findIndex((item) => item.id === running.openMessageId);
  const message = running.output[index];
  if (message?.type !== 'message') return undefined;
  const content = message.content[0];
  return content === undefined ? undefined : { running, message, content, place: placeOf(running, message, index) };
}

function writeMessage(draft: CallDraft, open: OpenMessage, content: ItemContent): void {
  storeItem(draft, open.running.plan.id, { ...open.message, content: [content] });
}

function placeOf(running: RunningResponse, item: ConversationItem, outputIndex: number): OutputPlace {
  return { responseId: running.plan.id, outputIndex, itemId: item.id };
}

/** As the playout meters it: in whole frames. */
function playoutMs(pcm: Int16Array): number {
  return Math.ceil(pcm.length / PLAYOUT_FRAME_SAMPLES) * PLAYOUT_FRAME_MS;
}

function startSpeaker(draft: CallDraft, responseId: string): void {
  const { speaker } = draft.state;
  // What another response queued is heard first; then the speaker turns to this one.
  if (speaker.name === 'playing') return;
  const isOther = speaker.name === 'starved' && speaker.responseId !== responseId;
  if (isOther) send(draft, itemEvents.outputBuffer('stopped', speaker.responseId));
  if (isOther || speaker.name === 'silent') send(draft, itemEvents.outputBuffer('started', responseId));
  patch(draft, { speaker: { name: 'playing', responseId } });
}

/** Pieces of a few words each, so that a listener's transcript grows as it is told. */
function inDeltas(text: string): string[] {
  const words = text.match(/\s*\S+/g) ?? [];
  const deltas: string[] = [];
  for (let at = 0; at < words.length; at += WORDS_PER_DELTA)
    deltas.push(words.slice(at, at + WORDS_PER_DELTA).join(''));
  return deltas;
}
