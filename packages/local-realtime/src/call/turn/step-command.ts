import type { ClientCommand } from '../../openai/client-command.ts';
import * as events from '../../openai/item-events.ts';
import { invalidRequest } from '../../openai/problem.ts';
import { updateSession } from '../../openai/session.ts';
import { sessionUpdated } from '../../openai/session-events.ts';
import { settingsOf } from '../../openai/session-settings.ts';
import { type CallDraft, mediaRoom, nextId, patch, refuse, send } from './call-state.ts';
import { audioDurationMs, type ConversationItem } from './conversation.ts';
import { withoutOldSounds } from './item-sound.ts';
import { activeResponse, conversationResponse } from './responses.ts';
import { clearSpeaker, truncate } from './step-interruption.ts';
import { hasRoom, readNewItem, recogniseNewItem } from './step-new-item.ts';
import { createResponse, finishResponse } from './step-response.ts';
import { addWholeItem, commitInput } from './step-user-turn.ts';

const SMALLEST_COMMIT_MS = 100;

/** Does what the client asks; what cannot be done is answered with an `error` that names the event, and changes nothing. */
export function stepCommand(
  draft: CallDraft,
  command: ClientCommand,
  eventId: string | undefined,
  heardMs: number,
): void {
  switch (command.type) {
    case 'updateSession':
      update(draft, command, eventId);
      return;
    case 'appendAudio': {
      const message = 'Audio comes over the media track of a WebRTC call; input_audio_buffer.append is not taken here.';
      refuse(draft, invalidRequest('unsupported_event', message, 'type'), eventId);
      return;
    }
    case 'commitInput':
      commit(draft, eventId, heardMs);
      return;
    case 'clearInput':
      patch(draft, { bufferStartMs: heardMs, userTurn: { name: 'silent' } });
      draft.effects.push({ type: 'forgetTurn' });
      send(draft, events.inputCleared());
      return;
    case 'clearOutput':
      clearSpeaker(draft);
      return;
    case 'createItem':
      createItem(draft, command, eventId);
      return;
    case 'retrieveItem': {
      const item = itemOf(draft, command.itemId, 'item_retrieve_invalid_item_id', eventId);
      const { inputFormat, outputFormat } = draft.state.settings;
      const media = { room: mediaRoom(draft.state), inputFormat, outputFormat };
      if (item !== undefined) send(draft, events.itemRetrieved(item, media));
      return;
    }
    case 'deleteItem': {
      const item = itemOf(draft, command.itemId, 'item_delete_invalid_item_id', eventId);
      if (item === undefined) return;
      patch(draft, { items: draft.state.items.filter((each) => each.id !== item.id) });
      send(draft, events.itemDeleted(item.id));
      return;
    }
    case 'truncateItem':
      truncateItem(draft, command, eventId);
      return;
    case 'createResponse':
      createResponse(draft, command.wish, eventId);
      return;
    case 'cancelResponse':
      cancel(draft, command.responseId, eventId);
      return;
  }
}

/** Tells the ear how the session wants it to listen. */
export function listen(draft: CallDraft): void {
  const { turns, inputFormat: format } = draft.state.settings;
  draft.effects.push({ type: 'listen', turns, format });
}

type CommandOf<Type extends ClientCommand['type']> = Extract<ClientCommand, { type: Type }>;

function update(draft: CallDraft, { update: changes }: CommandOf<'updateSession'>, eventId: string | undefined): void {
  const before = draft.state.settings.turns;
  const speaking = conversationResponse(draft.state) !== undefined;
  const locks = { voice: draft.state.lockedVoice, model: true, speed: speaking };
  const updated = updateSession(draft.state.session, changes, locks);
  if (!updated.ok) {
    refuse(draft, updated.problem, eventId);
    return;
  }
  const settings = settingsOf(updated.session);
  patch(draft, { session: updated.session, settings });
  listen(draft);
  if (settings.turns.name !== before.name) {
    patch(draft, { userTurn: { name: 'silent' } });
    draft.effects.push({ type: 'forgetTurn' });
  }
  send(draft, sessionUpdated(updated.session));
}

function commit(draft: CallDraft, eventId: string | undefined, heardMs: number): void {
  const { bufferStartMs, userTurn } = draft.state;
  const lengthMs = heardMs - bufferStartMs;
  if (lengthMs < SMALLEST_COMMIT_MS) {
    const message = `Error committing input audio buffer: buffer too small. Expected at least ${SMALLEST_COMMIT_MS}ms of audio, but buffer only has ${lengthMs.toFixed(2)}ms of audio.`;
    refuse(draft, invalidRequest('input_audio_buffer_commit_empty', message), eventId);
    return;
  }
  const itemId = userTurn.name === 'speaking' ? userTurn.itemId : nextId(draft, 'item');
  commitInput(draft, itemId, bufferStartMs, heardMs);
  draft.effects.push({ type: 'forgetTurn' });
}

function createItem(draft: CallDraft, { item, after }: CommandOf<'createItem'>, eventId: string | undefined): void {
  const { items } = draft.state;
  const exists = (id: string) => items.some((each) => each.id === id);
  if (typeof after === 'string' && !exists(after)) {
    const message = `Previous item with id '${after}' not found.`;
    refuse(draft, invalidRequest('item_create_invalid_previous_item_id', message, 'previous_item_id'), eventId);
    return;
  }
  if (item.id !== undefined && exists(item.id)) {
    const message = `An item with id '${item.id}' already exists.`;
    refuse(draft, invalidRequest('item_create_duplicate_item_id', message, 'item.id'), eventId);
    return;
  }
  if (item.type === 'function_call_output' && !hasCall(items, item.callId)) {
    const message = `Tool call ID '${item.callId}' not found in conversation.`;
    refuse(draft, invalidRequest('invalid_tool_call_id', message, 'item.call_id'), eventId);
    return;
  }
  const read = readNewItem(draft, item, 'item');
  if ('code' in read) {
    refuse(draft, read, eventId);
    return;
  }
  if (!hasRoom(items, read)) {
    refuse(draft, invalidRequest('conversation_too_long', 'The conversation is full: delete items first.'), eventId);
    return;
  }
  addWholeItem(draft, read, after);
  recogniseNewItem(draft, read);
  patch(draft, { items: withoutOldSounds(draft.state.items) });
}

function truncateItem(draft: CallDraft, command: CommandOf<'truncateItem'>, eventId: string | undefined): void {
  const item = itemOf(draft, command.itemId, 'item_truncate_invalid_item_id', eventId);
  if (item === undefined) return;
  if (item.type !== 'message' || item.role !== 'assistant' || command.contentIndex !== 0) {
    const message = 'Only the audio of assistant messages, content index 0, can be truncated.';
    refuse(draft, invalidRequest('item_truncate_invalid_item', message, 'item_id'), eventId);
    return;
  }
  const durationMs = Math.ceil(audioDurationMs(item));
  if (command.endMs > durationMs) {
    const message = `Audio content of ${durationMs}ms is already shorter than ${command.endMs}ms`;
    refuse(draft, invalidRequest('invalid_value', message, 'audio_end_ms'), eventId);
    return;
  }
  if (command.endMs === durationMs) {
    send(draft, events.itemTruncated(item.id, durationMs));
    return;
  }
  truncate(draft, item.id, command.endMs);
}

function cancel(draft: CallDraft, responseId: string | undefined, eventId: string | undefined): void {
  const response = responseId === undefined ? conversationResponse(draft.state) : activeResponse(draft, responseId);
  if (response === undefined) {
    const message = 'Cancellation failed: no active response found';
    refuse(draft, invalidRequest('response_cancel_not_active', message), eventId);
    return;
  }
  finishResponse(draft, response.plan.id, { name: 'cancelled', reason: 'client_cancelled' });
}

function itemOf(
  draft: CallDraft,
  itemId: string,
  code: string,
  eventId: string | undefined,
): ConversationItem | undefined {
  const item = draft.state.items.find((each) => each.id === itemId);
  if (item === undefined) {
    refuse(draft, invalidRequest(code, `Item with id '${itemId}' not found.`, 'item_id'), eventId);
  }
  return item;
}

function hasCall(items: readonly ConversationItem[], callId: string): boolean {
  return items.some((item) => item.type === 'function_call' && item.callId === callId);
}
