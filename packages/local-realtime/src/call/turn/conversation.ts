import type { ResampleRate } from '@voice-bridge/core';

/** Sound that belongs to an item: mono PCM16. */
export interface Sound {
  readonly pcm: Int16Array;
  readonly rateHz: ResampleRate;
}

/** Whether an item is whole. */
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** One part of a message. Assistant audio knows its sentences, so that what was heard can be told from what was not. */
export type ItemContent =
  | { readonly type: 'input_text'; readonly text: string }
  | { readonly type: 'output_text'; readonly text: string }
  | {
      readonly type: 'input_audio';
      /** What was understood; null before it is known. */
      readonly words: string | null;
      /** What the client is told of it: null unless the session transcribes, or the client said so itself. */
      readonly transcript: string | null;
      readonly durationMs: number;
      readonly sound: Sound | undefined;
    }
  /** A picture, as a data URI; nobody here looks at it. */
  | { readonly type: 'input_image'; readonly url: string; readonly detail: 'auto' | 'low' | 'high' }
  | { readonly type: 'output_audio'; readonly sentences: readonly SpokenSentence[] };

const SPOKEN_SAMPLES_PER_MS = 24;

/** One sentence of the assistant and how long it takes to say. */
export interface SpokenSentence {
  readonly text: string;
  readonly durationMs: number;
  /** Mono PCM16 at 24 kHz, as long as it is kept. */
  readonly pcm: Int16Array | undefined;
}

/** One line of the conversation, oldest first in {@link CallState}. */
export type ConversationItem =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly role: 'system' | 'user' | 'assistant';
      readonly status: ItemStatus;
      readonly content: readonly ItemContent[];
    }
  | {
      readonly type: 'function_call';
      readonly id: string;
      readonly status: ItemStatus;
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'function_call_output';
      readonly id: string;
      readonly status: ItemStatus;
      readonly callId: string;
      readonly output: string;
    };

/** A message item. */
export type MessageItem = Extract<ConversationItem, { type: 'message' }>;

/** Inserts an item behind `afterId`; `undefined` is the end, `null` the front. */
export function insertItem(
  items: readonly ConversationItem[],
  item: ConversationItem,
  afterId: string | null | undefined,
): readonly ConversationItem[] {
  if (afterId === undefined) return [...items, item];
  const index = afterId === null ? 0 : items.findIndex((each) => each.id === afterId) + 1;
  return [...items.slice(0, index), item, ...items.slice(index)];
}

/** Puts a newer version of an item in its place; an item that is gone stays gone. */
export function replaceItem(items: readonly ConversationItem[], item: ConversationItem): readonly ConversationItem[] {
  return items.map((each) => (each.id === item.id ? item : each));
}

/** The id of the item before `itemId`; `null` at the front. */
export function previousItemId(items: readonly ConversationItem[], itemId: string): string | null {
  const index = items.findIndex((each) => each.id === itemId);
  return items[index - 1]?.id ?? null;
}

/** The words of a message; what was not understood is an empty text. */
export function messageText(item: MessageItem): string {
  return item.content.map(contentText).join(' ');
}

/** The words of one content part. */
export function contentText(content: ItemContent): string {
  if (content.type === 'output_audio') return content.sentences.map((sentence) => sentence.text).join(' ');
  if (content.type === 'input_image') return '';
  return content.type === 'input_audio' ? (content.words ?? '') : content.text;
}

/** How long the speech of an item is, in ms. */
export function audioDurationMs(item: ConversationItem): number {
  if (item.type !== 'message') return 0;
  let total = 0;
  for (const content of item.content) {
    if (content.type === 'output_audio') for (const sentence of content.sentences) total += sentence.durationMs;
  }
  return total;
}

/** Cuts an assistant's speech to its first `heardMs`: whole sentences, then the words of the last one in proportion. */
export function truncateSpeech(item: MessageItem, heardMs: number): MessageItem {
  const content = item.content.map((part): ItemContent => {
    if (part.type !== 'output_audio') return part;
    const sentences: SpokenSentence[] = [];
    let restMs = heardMs;
    for (const sentence of part.sentences) {
      if (restMs <= 0) break;
      sentences.push(restMs >= sentence.durationMs ? sentence : firstWords(sentence, restMs));
      restMs -= sentence.durationMs;
    }
    return { type: 'output_audio', sentences: sentences.filter((sentence) => sentence.text !== '') };
  });
  return { ...item, content };
}

function firstWords(sentence: SpokenSentence, heardMs: number): SpokenSentence {
  const words = sentence.text.split(/\s+/);
  const heard = Math.floor((words.length * heardMs) / sentence.durationMs);
  const pcm = sentence.pcm?.slice(0, heardMs * SPOKEN_SAMPLES_PER_MS);
  return { text: words.slice(0, heard).join(' '), durationMs: heardMs, pcm };
}
