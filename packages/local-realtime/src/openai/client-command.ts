import type { ClientEvent, ClientItem, ResponseParams, SessionConfig } from '@voice-bridge/core/openai';
import type { CallSettings } from '../call/turn/call-settings.ts';
import type { ConversationItem, ItemContent, MessageItem } from '../call/turn/conversation.ts';
import { formatOf } from './format-json.ts';
import { toolChoiceOf, toolsOf, voiceName } from './session-settings.ts';

/** One part of a message as a client makes it: what it gives as sound is still as it came. */
export type NewContent =
  | Exclude<ItemContent, { type: 'input_audio' }>
  | {
      readonly type: 'input_audio';
      /** Base64, in the session's input format. */
      readonly audio: string | undefined;
      readonly transcript: string | null;
    };

/** An item as a client makes it; the id is ours when it gives none. */
export type NewItem =
  | (Omit<MessageItem, 'id' | 'content'> & { readonly id: string | undefined; readonly content: readonly NewContent[] })
  | (Exclude<ConversationItem, MessageItem> extends infer Each
      ? Each extends ConversationItem
        ? Omit<Each, 'id'> & { readonly id: string | undefined }
        : never
      : never);

/** What one `response.create` sets for its response alone. */
export interface ResponseWish {
  readonly settings: Partial<
    Pick<
      CallSettings,
      'instructions' | 'modality' | 'voice' | 'outputFormat' | 'tools' | 'toolChoice' | 'toolCalls' | 'maxOutputTokens'
    >
  >;
  /** `none`: the response stays out of the conversation. */
  readonly conversation: 'auto' | 'none';
  /** What it is made from instead of the conversation: new items, or ids of items in it. */
  readonly input: readonly (NewItem | { readonly reference: string })[] | undefined;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** A client event in the turn loop's words. */
export type ClientCommand =
  | { readonly type: 'updateSession'; readonly update: SessionConfig }
  | { readonly type: 'appendAudio'; readonly audio: string }
  | { readonly type: 'commitInput' | 'clearInput' | 'clearOutput' }
  /** `after` undefined: at the end; null: at the front. */
  | { readonly type: 'createItem'; readonly item: NewItem; readonly after: string | null | undefined }
  | { readonly type: 'retrieveItem' | 'deleteItem'; readonly itemId: string }
  | { readonly type: 'truncateItem'; readonly itemId: string; readonly contentIndex: number; readonly endMs: number }
  | { readonly type: 'createResponse'; readonly wish: ResponseWish }
  | { readonly type: 'cancelResponse'; readonly responseId: string | undefined };

/** Reads a client event, or says which kind of item is not served here. */
export function clientCommand(
  event: ClientEvent,
): ClientCommand | { readonly type: 'unserved'; readonly what: string } {
  switch (event.type) {
    case 'session.update':
      return { type: 'updateSession', update: event.session };
    case 'input_audio_buffer.append':
      return { type: 'appendAudio', audio: event.audio };
    case 'input_audio_buffer.commit':
      return { type: 'commitInput' };
    case 'input_audio_buffer.clear':
      return { type: 'clearInput' };
    case 'output_audio_buffer.clear':
      return { type: 'clearOutput' };
    case 'conversation.item.create': {
      const item = newItem(event.item);
      if (typeof item === 'string') return { type: 'unserved', what: item };
      return { type: 'createItem', item, after: after(event.previous_item_id) };
    }
    case 'conversation.item.retrieve':
      return { type: 'retrieveItem', itemId: event.item_id };
    case 'conversation.item.delete':
      return { type: 'deleteItem', itemId: event.item_id };
    case 'conversation.item.truncate': {
      const { item_id: itemId, content_index: contentIndex, audio_end_ms: endMs } = event;
      return { type: 'truncateItem', itemId, contentIndex, endMs };
    }
    case 'response.create': {
      const wish = responseWish(event.response ?? {});
      return typeof wish === 'string' ? { type: 'unserved', what: wish } : { type: 'createResponse', wish };
    }
    case 'response.cancel':
      return { type: 'cancelResponse', responseId: event.response_id };
  }
}

function after(previous: string | null | undefined): string | null | undefined {
  if (previous === null || previous === undefined) return undefined;
  return previous === 'root' ? null : previous;
}

/** The wish, or the name of what is not served. */
function responseWish(params: ResponseParams): ResponseWish | string {
  const voice = params.audio?.output?.voice;
  const format = params.audio?.output?.format;
  const modality = params.output_modalities?.[0];
  const input = params.input?.map((each) => (each.type === 'item_reference' ? { reference: each.id } : newItem(each)));
  const unserved = input?.find((each) => typeof each === 'string');
  if (unserved !== undefined) return unserved;
  return {
    settings: {
      ...(params.instructions === undefined ? {} : { instructions: params.instructions }),
      ...(modality === undefined ? {} : { modality }),
      ...(voice === undefined ? {} : { voice: voiceName(voice) }),
      ...(format === undefined ? {} : { outputFormat: formatOf(format) }),
      ...(params.tools === undefined ? {} : { tools: toolsOf(params.tools) }),
      ...(params.tool_choice === undefined ? {} : { toolChoice: toolChoiceOf(params.tool_choice) }),
      ...(params.parallel_tool_calls === undefined
        ? {}
        : { toolCalls: params.parallel_tool_calls ? ('many' as const) : ('one' as const) }),
      ...(params.max_output_tokens === undefined ? {} : { maxOutputTokens: params.max_output_tokens }),
    },
    conversation: params.conversation ?? 'auto',
    input: input?.filter((each) => typeof each !== 'string'),
    metadata: params.metadata ?? null,
  };
}

/** The item, or the name of what is not served. */
function newItem(item: ClientItem): NewItem | string {
  const base = { id: item.id, status: 'completed' as const };
  switch (item.type) {
    case 'message':
      return { ...base, type: 'message', role: item.role, content: item.content.map(newContent) };
    case 'function_call': {
      const { call_id: callId = '', name } = item;
      return { ...base, type: 'function_call', callId, name, arguments: item.arguments };
    }
    case 'function_call_output':
      return { ...base, type: 'function_call_output', callId: item.call_id, output: item.output };
    case 'mcp_approval_response':
      return item.type;
  }
}

type ClientContent = Extract<ClientItem, { type: 'message' }>['content'][number];

function newContent(content: ClientContent): NewContent {
  switch (content.type) {
    case 'input_text':
    case 'output_text':
      return { type: content.type, text: content.text };
    case 'input_audio':
      return { type: content.type, audio: content.audio, transcript: content.transcript ?? null };
    case 'input_image':
      return { type: content.type, url: content.image_url, detail: content.detail ?? 'auto' };
  }
}
