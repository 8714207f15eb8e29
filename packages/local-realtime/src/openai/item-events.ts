import type { ServerEventBody } from '@voice-bridge/core/openai';
import type { ConversationItem } from '../call/turn/conversation.ts';
import { emptyItemJson, type ItemMedia, itemJson, wholeItemJson } from './item-json.ts';
import type { ApiProblem } from './problem.ts';

/** `conversation.item.added` of an item that is still being made. */
export function itemStarted(item: ConversationItem, previous: string | null): ServerEventBody {
  return { type: 'conversation.item.added', previous_item_id: previous, item: emptyItemJson(item) };
}

/** `conversation.item.added` of a whole item, with its pictures as far as there is `room` for so many characters. */
export function itemAdded(item: ConversationItem, previous: string | null, room: number): ServerEventBody {
  return { type: 'conversation.item.added', previous_item_id: previous, item: itemJson(item, room) };
}

/** `conversation.item.done`. */
export function itemDone(item: ConversationItem, previous: string | null, room = 0): ServerEventBody {
  return { type: 'conversation.item.done', previous_item_id: previous, item: itemJson(item, room) };
}

/** `conversation.item.retrieved`: with pictures and sound as far as there is room for them. */
export function itemRetrieved(item: ConversationItem, media: ItemMedia): ServerEventBody {
  return { type: 'conversation.item.retrieved', item: wholeItemJson(item, media) };
}

/** `conversation.item.deleted`. */
export function itemDeleted(itemId: string): ServerEventBody {
  return { type: 'conversation.item.deleted', item_id: itemId };
}

/** `conversation.item.truncated`: how much of the speech was heard, in ms. */
export function itemTruncated(itemId: string, heardMs: number): ServerEventBody {
  return { type: 'conversation.item.truncated', item_id: itemId, content_index: 0, audio_end_ms: Math.floor(heardMs) };
}

/** `input_audio_buffer.speech_started`. */
export function speechStarted(itemId: string, startMs: number): ServerEventBody {
  return { type: 'input_audio_buffer.speech_started', item_id: itemId, audio_start_ms: Math.floor(startMs) };
}

/** `input_audio_buffer.speech_stopped`; the end includes the silence that showed it. */
export function speechStopped(itemId: string, endMs: number): ServerEventBody {
  return { type: 'input_audio_buffer.speech_stopped', item_id: itemId, audio_end_ms: Math.floor(endMs) };
}

/** `input_audio_buffer.timeout_triggered`: nobody spoke between these positions. */
export function timeoutTriggered(itemId: string, startMs: number, endMs: number): ServerEventBody {
  return {
    type: 'input_audio_buffer.timeout_triggered',
    item_id: itemId,
    audio_start_ms: Math.floor(startMs),
    audio_end_ms: Math.floor(endMs),
  };
}

/** `input_audio_buffer.committed`. */
export function inputCommitted(itemId: string, previous: string | null): ServerEventBody {
  return { type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: previous };
}

/** `input_audio_buffer.cleared`. */
export function inputCleared(): ServerEventBody {
  return { type: 'input_audio_buffer.cleared' };
}

/** `conversation.item.input_audio_transcription.delta`. */
export function transcriptionDelta(itemId: string, delta: string): ServerEventBody {
  return { type: 'conversation.item.input_audio_transcription.delta', item_id: itemId, content_index: 0, delta };
}

/** `conversation.item.input_audio_transcription.completed`. */
export function transcriptionCompleted(itemId: string, transcript: string, durationMs: number): ServerEventBody {
  return {
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: itemId,
    content_index: 0,
    transcript,
    usage: { type: 'duration', seconds: Math.max(Math.round(durationMs) / 1_000, 0) },
  };
}

/** `conversation.item.input_audio_transcription.failed`. */
export function transcriptionFailed(itemId: string, problem: ApiProblem): ServerEventBody {
  const { type, code, message } = problem;
  return {
    type: 'conversation.item.input_audio_transcription.failed',
    item_id: itemId,
    content_index: 0,
    error: { type, code, message },
  };
}

/** `output_audio_buffer.started`, `.stopped` or `.cleared` (WebRTC only). */
export function outputBuffer(change: 'started' | 'stopped' | 'cleared', responseId: string): ServerEventBody {
  return { type: `output_audio_buffer.${change}`, response_id: responseId };
}
