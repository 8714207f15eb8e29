import type { ContentPart, ServerItem } from '@voice-bridge/core/openai';
import type { ConversationItem, ItemContent } from '../call/turn/conversation.ts';
import { contentText } from '../call/turn/conversation.ts';

/** An item as events carry it: without the sound and the pictures in it, which may be longer than a message on a data channel. */
export function itemJson(item: ConversationItem): ServerItem {
  const base = { id: item.id, object: 'realtime.item', status: item.status } as const;
  switch (item.type) {
    case 'message':
      return { ...base, type: 'message', role: item.role, content: item.content.map(contentJson) };
    case 'function_call':
      return { ...base, type: 'function_call', call_id: item.callId, name: item.name, arguments: item.arguments };
    case 'function_call_output':
      return { ...base, type: 'function_call_output', call_id: item.callId, output: item.output };
  }
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

function contentJson(content: ItemContent): ContentPart {
  switch (content.type) {
    case 'input_text':
    case 'output_text':
      return { type: content.type, text: content.text };
    case 'input_audio':
      return { type: content.type, transcript: content.transcript };
    case 'input_image':
      return { type: content.type, detail: content.detail };
    case 'output_audio':
      return { type: content.type, transcript: contentText(content) };
  }
}
