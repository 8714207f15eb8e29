import type { RealtimeItem } from '@openai/agents-realtime';

/** A history of agents-realtime as lines: who, and what was said, called or given back. */
export function said(history: readonly RealtimeItem[]): readonly string[] {
  return history.map((item) => {
    switch (item.type) {
      case 'message':
        return `${item.role}: ${item.content.map((part) => ('text' in part ? part.text : (part.transcript ?? ''))).join('')}`;
      case 'function_call':
        return `${item.name}(${item.arguments}) = ${item.output}`;
      default:
        return item.type;
    }
  });
}
