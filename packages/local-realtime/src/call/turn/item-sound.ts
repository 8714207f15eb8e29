import type { ConversationItem, ItemContent, MessageItem, Sound } from './conversation.ts';

const SPOKEN_RATE_HZ = 24_000;
/** Three and a half minutes of the assistant's voice, 10 MB. */
const MAX_KEPT_SAMPLES = 5_000_000;

/** The sound of a content part, as far as it is still known. */
export function soundOf(content: ItemContent): Sound | undefined {
  if (content.type === 'input_audio') return content.sound;
  if (content.type !== 'output_audio') return undefined;
  const parts = content.sentences.flatMap(({ pcm }) => (pcm === undefined ? [] : [pcm]));
  if (parts.length === 0 || parts.length < content.sentences.length) return undefined;
  const pcm = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    pcm.set(part, at);
    at += part.length;
  }
  return { pcm, rateHz: SPOKEN_RATE_HZ };
}

/** The items, of whose sounds only the latest are kept: a long conversation must not fill the memory. */
export function withoutOldSounds(
  items: readonly ConversationItem[],
  maxSamples = MAX_KEPT_SAMPLES,
): readonly ConversationItem[] {
  let samples = 0;
  const isKept = (item: ConversationItem): boolean => {
    samples += item.type === 'message' ? samplesOf(item) : 0;
    return samples <= maxSamples;
  };
  const firstOld = items.findLastIndex((item) => !isKept(item));
  return firstOld < 0 ? items : items.map((item, index) => (index <= firstOld ? withoutSound(item) : item));
}

function samplesOf({ content }: MessageItem): number {
  let samples = 0;
  for (const part of content) {
    if (part.type === 'input_audio') samples += part.sound?.pcm.length ?? 0;
    if (part.type === 'output_audio') for (const { pcm } of part.sentences) samples += pcm?.length ?? 0;
  }
  return samples;
}

function withoutSound(item: ConversationItem): ConversationItem {
  if (item.type !== 'message' || samplesOf(item) === 0) return item;
  const content = item.content.map((part): ItemContent => {
    if (part.type === 'input_audio') return { ...part, sound: undefined };
    if (part.type !== 'output_audio') return part;
    return { ...part, sentences: part.sentences.map((sentence) => ({ ...sentence, pcm: undefined })) };
  });
  return { ...item, content };
}
