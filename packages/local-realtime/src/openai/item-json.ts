import type { ContentPart, ServerItem } from '@voice-bridge/core/openai';
import { type AudioFormat, encodeAudio, sampleRateOf, toBase64 } from '../call/sound/audio-format.ts';
import type { ConversationItem, ItemContent } from '../call/turn/conversation.ts';
import { contentText } from '../call/turn/conversation.ts';
import { soundOf } from '../call/turn/item-sound.ts';

/** What of pictures and sound an event may carry. */
export interface ItemMedia {
  /** In characters; what does not fit is left out. */
  readonly room: number;
  /** How the user's sound and the assistant's are coded. */
  readonly inputFormat: AudioFormat;
  readonly outputFormat: AudioFormat;
}

/** An item as events carry it: without its sound, and with its pictures as far as there is `room` for so many characters. */
export function itemJson(item: ConversationItem, room = 0): ServerItem {
  const base = { id: item.id, object: 'realtime.item', status: item.status } as const;
  switch (item.type) {
    case 'message': {
      const left = { room };
      const content = item.content.map((part) => contentJson(part, left));
      return { ...base, type: 'message', role: item.role, content };
    }
    case 'function_call':
      return { ...base, type: 'function_call', call_id: item.callId, name: item.name, arguments: item.arguments };
    case 'function_call_output':
      return { ...base, type: 'function_call_output', call_id: item.callId, output: item.output };
  }
}

/** An item with its sound: what a client gets that asks for it. */
export function wholeItemJson(item: ConversationItem, media: ItemMedia): ServerItem {
  if (item.type !== 'message') return itemJson(item);
  const left = { room: media.room };
  const format = item.role === 'assistant' ? media.outputFormat : media.inputFormat;
  const content = item.content.map((part) => ({ ...contentJson(part, left), ...audioJson(part, format, left) }));
  return { id: item.id, object: 'realtime.item', status: item.status, type: 'message', role: item.role, content };
}

/** An item as `added` events carry it while it is being made: nothing in it yet. */
export function emptyItemJson(item: ConversationItem): ServerItem {
  if (item.type === 'message') return itemJson({ ...item, status: 'in_progress', content: [] });
  if (item.type === 'function_call') return itemJson({ ...item, status: 'in_progress', arguments: '' });
  return itemJson(item);
}

/** A content part as `response.content_part.*` events carry it. */
export function partJson(content: ItemContent) {
  const text = contentText(content);
  if (content.type === 'output_audio') return { type: 'audio', transcript: text } as const;
  return { type: 'text', text } as const;
}

interface Room {
  room: number;
}

function contentJson(content: ItemContent, left: Room): ContentPart {
  switch (content.type) {
    case 'input_text':
    case 'output_text':
      return { type: content.type, text: content.text };
    case 'input_audio':
      return { type: content.type, transcript: content.transcript };
    case 'input_image':
      return { type: content.type, ...(fits(content.url, left) && { image_url: content.url }), detail: content.detail };
    case 'output_audio':
      return { type: content.type, transcript: contentText(content) };
  }
}

function audioJson(content: ItemContent, format: AudioFormat, left: Room) {
  const sound = soundOf(content);
  // What is certainly too long is not even coded.
  if (sound === undefined || (sound.pcm.length / sound.rateHz) * sampleRateOf(format) > left.room) return {};
  const audio = toBase64(encodeAudio(sound.pcm, format, sound.rateHz));
  return fits(audio, left) ? { audio } : {};
}

function fits(text: string, left: Room): boolean {
  if (text.length > left.room) return false;
  left.room -= text.length;
  return true;
}
