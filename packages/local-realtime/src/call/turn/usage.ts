import type { ConversationItem } from './conversation.ts';
import { audioDurationMs, messageText } from './conversation.ts';

/** Tokens of one response, by kind. */
export interface Usage {
  readonly inputText: number;
  readonly inputAudio: number;
  readonly outputText: number;
  readonly outputAudio: number;
}

const CHARACTERS_PER_TOKEN = 4;
const HEARD_MS_PER_TOKEN = 100;
const SPOKEN_MS_PER_TOKEN = 50;

/** Counts like OpenAI's published rule of thumb: 4 characters, 100 ms heard or 50 ms spoken make a token. */
export function countUsage(
  instructions: string,
  input: readonly ConversationItem[],
  output: readonly ConversationItem[],
): Usage {
  let inputText = textTokens(instructions);
  let inputAudio = 0;
  for (const item of input) {
    inputText += textTokens(itemText(item));
    inputAudio += Math.ceil(heardMs(item) / HEARD_MS_PER_TOKEN);
  }
  let outputText = 0;
  let outputAudio = 0;
  for (const item of output) {
    outputText += textTokens(itemText(item));
    outputAudio += Math.ceil(audioDurationMs(item) / SPOKEN_MS_PER_TOKEN);
  }
  return { inputText, inputAudio, outputText, outputAudio };
}

/** All tokens of a response. */
export function totalTokens(usage: Usage): number {
  return usage.inputText + usage.inputAudio + usage.outputText + usage.outputAudio;
}

function textTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

function itemText(item: ConversationItem): string {
  switch (item.type) {
    case 'message':
      return messageText(item);
    case 'function_call':
      return item.name + item.arguments;
    case 'function_call_output':
      return item.output;
  }
}

function heardMs(item: ConversationItem): number {
  if (item.type !== 'message') return 0;
  let total = 0;
  for (const content of item.content) if (content.type === 'input_audio') total += content.durationMs;
  return total;
}
