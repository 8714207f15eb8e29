import type { Clock } from '@voice-bridge/core';
import type { AssistantEngine, AssistantRequest } from '../engines/assistant/assistant-engine.ts';
import type { Faults } from './faults.ts';

/** The assistant, late with every tool call and with every answer to a tool's result, as the faults say. */
export function slowToolTurns(assistant: AssistantEngine, faults: Faults, clock: Clock): AssistantEngine {
  return {
    name: assistant.name,
    phrases: (tools) => assistant.phrases(tools),
    async *respond(request, signal) {
      let waits = faults.plan.toolTurnDelayMs ?? 0;
      const wait = async () => {
        const delayMs = waits;
        waits = 0;
        if (delayMs > 0) await passed(delayMs, clock, signal);
      };
      if (answersTool(request)) await wait();
      for await (const output of assistant.respond(request, signal)) {
        if (output.type === 'function_call') await wait();
        if (signal.aborted) return;
        yield output;
      }
    },
  };
}

function answersTool({ items }: AssistantRequest): boolean {
  return items.at(-1)?.type === 'function_call_output';
}

/** Resolves when the time is over, or the signal fires. */
export function passed(delayMs: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = () => {
      cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
