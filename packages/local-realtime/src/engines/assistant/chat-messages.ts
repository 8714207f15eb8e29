import type { AssistantItem, AssistantRequest } from './assistant-engine.ts';

/** One message of OpenAI's chat-completions API. */
export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly ChatToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

/** One call of a function, as a message carries it. */
export interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

const NO_RESULT_YET = 'No result yet.';

/**
 * The conversation as chat messages. Calls that were made at once stand in one message, each with its result right behind, whenever
 * that came: servers refuse anything else. A result of a call that nobody made is left out.
 */
export function chatMessages({ instructions, items }: Pick<AssistantRequest, 'instructions' | 'items'>): ChatMessage[] {
  const messages: ChatMessage[] = instructions === '' ? [] : [{ role: 'system', content: instructions }];
  const results = new Map(
    items.flatMap((item) => (item.type === 'function_call_output' ? [[item.callId, item.output] as const] : [])),
  );
  for (let at = 0; at < items.length; ) {
    const calls = callsAt(items, at);
    const item = items[at];
    if (item?.type === 'message') messages.push({ role: item.role, content: item.text });
    if (calls.length > 0) {
      messages.push({ role: 'assistant', content: null, tool_calls: calls });
      for (const { id } of calls) {
        messages.push({ role: 'tool', tool_call_id: id, content: results.get(id) ?? NO_RESULT_YET });
      }
    }
    at += Math.max(calls.length, 1);
  }
  return messages;
}

function callsAt(items: readonly AssistantItem[], from: number): ChatToolCall[] {
  const calls: ChatToolCall[] = [];
  for (const item of items.slice(from)) {
    if (item.type !== 'function_call') break;
    const called = { name: item.name, arguments: item.arguments === '' ? '{}' : item.arguments };
    calls.push({ id: item.callId, type: 'function', function: called });
  }
  return calls;
}
