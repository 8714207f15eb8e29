import type { AssistantOutput } from '../engines/assistant/assistant-engine.ts';

/** One sentence of a script. */
export function sentence(text: string): AssistantOutput & { readonly type: 'sentence' } {
  return { type: 'sentence', text };
}

/** What a committed turn of the user becomes, in the documented order. */
export const USER_ITEM = ['input_audio_buffer.committed', 'conversation.item.added', 'conversation.item.done'];

/** How a spoken answer ends, whole or cut off, in the documented order. */
export const ANSWER_ENDS = [
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'response.content_part.done',
  'response.output_item.done',
  'conversation.item.done',
  'response.done',
];
