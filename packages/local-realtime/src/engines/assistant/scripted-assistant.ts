import type { AssistantEngine, AssistantOutput, AssistantRequest } from './assistant-engine.ts';

/** The n-th entry is the n-th response; a function decides from what was said. */
export type ScriptedTurn = readonly AssistantOutput[] | ((request: AssistantRequest) => readonly AssistantOutput[]);

/** What a {@link createScriptedAssistant} may be given besides its turns. */
export interface ScriptedAssistantOptions {
  /** What can be said to it, in the notation of `phrases.ts`; default nothing. */
  readonly phrases?: readonly string[];
}

/** Answers from a list, in order, whatever was said; nothing once the list is used up. */
export function createScriptedAssistant(
  turns: readonly ScriptedTurn[],
  options: ScriptedAssistantOptions = {},
): AssistantEngine {
  let next = 0;
  return {
    name: 'scripted',
    phrases: () => options.phrases ?? [],
    async *respond(request, signal) {
      const turn = turns[next] ?? [];
      next += 1;
      for (const output of typeof turn === 'function' ? turn(request) : turn) {
        if (signal.aborted) return;
        yield output;
      }
    },
  };
}
