import type {
  AssistantEngine,
  AssistantItem,
  AssistantOutput,
  AssistantRequest,
} from '../engines/assistant/assistant-engine.ts';

/** What an assistant was asked and answered, over all calls and in order. */
export interface Conversation {
  /** What users said: spoken as it was understood, typed as it was. */
  readonly heard: string[];
  /** The assistant's sentences, from when it has them: an interruption may keep one from being spoken. */
  readonly said: string[];
  readonly toolCalls: Omit<AssistantOutput & { type: 'function_call' }, 'type'>[];
  /** What tools gave back, as the client sent it. */
  readonly toolResults: string[];
  /** Everything each answer was made from: instructions, items, tools. */
  readonly requests: AssistantRequest[];
}

/** The assistant, with everything that passes it written down; `onChange` is told of each line. */
export function watchedAssistant(
  assistant: AssistantEngine,
  told: Conversation,
  onChange: () => void,
): AssistantEngine {
  return {
    name: assistant.name,
    phrases: (tools) => assistant.phrases(tools),
    async *respond(request, signal) {
      told.requests.push(request);
      for (const item of newItems(request.items)) {
        if (item.type === 'message') told.heard.push(item.text);
        if (item.type === 'function_call_output') told.toolResults.push(item.output);
      }
      onChange();
      for await (const output of assistant.respond(request, signal)) {
        if (output.type === 'sentence') told.said.push(output.text);
        else told.toolCalls.push({ name: output.name, arguments: output.arguments });
        onChange();
        yield output;
      }
    },
  };
}

/** What came since the assistant had last spoken or called: the answers before this one saw everything else. */
function newItems(items: readonly AssistantItem[]): readonly AssistantItem[] {
  const last = items.findLastIndex(
    (item) => item.type === 'function_call' || (item.type === 'message' && item.role === 'assistant'),
  );
  return items.slice(last + 1).filter((item) => item.type !== 'message' || item.role === 'user');
}
