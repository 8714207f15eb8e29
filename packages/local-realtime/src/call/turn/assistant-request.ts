import type {
  AssistantItem,
  AssistantOutput,
  AssistantRequest,
  AssistantTool,
} from '../../engines/assistant/assistant-engine.ts';
import type { CallSettings } from './call-settings.ts';
import type { ResponsePlan } from './call-state.ts';
import { type ConversationItem, messageText } from './conversation.ts';

/** What the assistant is asked: the plan's own input, else the whole conversation. */
export function assistantRequest(plan: ResponsePlan, items: readonly ConversationItem[]): AssistantRequest {
  const { settings } = plan;
  return {
    instructions: settings.instructions,
    items: (plan.input ?? items).filter(wasHeard).map(assistantItem),
    tools: offeredTools(settings),
    toolChoice: settings.toolChoice,
  };
}

/** What the assistant said to make an item: its sentences, or a tool call. */
export function saidIn(item: ConversationItem): readonly AssistantOutput[] {
  if (item.type === 'function_call') return [{ type: item.type, name: item.name, arguments: item.arguments }];
  if (item.type !== 'message') return [];
  return item.content.flatMap((part): readonly AssistantOutput[] => {
    if (part.type === 'output_audio') return part.sentences.map(({ text }) => ({ type: 'sentence', text }));
    return part.type === 'output_text' ? [{ type: 'sentence', text: part.text }] : [];
  });
}

function offeredTools({ tools, toolChoice }: CallSettings): readonly AssistantTool[] {
  if (toolChoice.name === 'none') return [];
  return toolChoice.name === 'function' ? tools.filter((tool) => tool.name === toolChoice.tool) : tools;
}

/** A message of the assistant of which nothing was heard was never said. */
function wasHeard(item: ConversationItem): boolean {
  return item.type !== 'message' || item.role !== 'assistant' || messageText(item) !== '';
}

function assistantItem(item: ConversationItem): AssistantItem {
  switch (item.type) {
    case 'message':
      return { type: 'message', role: item.role, text: messageText(item) };
    case 'function_call':
      return { type: 'function_call', callId: item.callId, name: item.name, arguments: item.arguments };
    case 'function_call_output':
      return { type: 'function_call_output', callId: item.callId, output: item.output };
  }
}
