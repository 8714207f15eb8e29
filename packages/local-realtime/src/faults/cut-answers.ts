import { CutAnswer } from '../call/output/cut-answer.ts';
import type { AssistantEngine } from '../engines/assistant/assistant-engine.ts';
import { quotaProblem } from '../openai/problem.ts';
import type { Faults } from './faults.ts';

/** The assistant, some of whose answers end before their time, as the faults say. */
export function cutAnswers(assistant: AssistantEngine, faults: Faults): AssistantEngine {
  return {
    name: assistant.name,
    phrases: (tools) => assistant.phrases(tools),
    async *respond(request, signal) {
      const end = faults.takeEnd();
      if (end === 'insufficient_quota') throw new CutAnswer({ name: 'failed', problem: quotaProblem() });
      for await (const output of assistant.respond(request, signal)) {
        yield output;
        if (end === 'content_filter') throw new CutAnswer({ name: 'incomplete', reason: end });
      }
    },
  };
}
