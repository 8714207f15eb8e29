import { fileURLToPath } from 'node:url';
import { tool } from '@voice-bridge/bridge-node';
import * as z from 'zod';
import { runProgram } from './run-program.ts';

/** From the call to a result, in ms: programs like these think for a while. */
const TIMEOUT_MS = 120_000;
const MAX_TEXT = 2_000;

/** What our programs give back at their end. */
const answer = z.object({ say: z.string() });

/** Two tools that hand text to a program outside and show how far it is. The second one fails, to show what that looks like. */
export const tools = {
  execute_nested_team: tool({
    description:
      'Ask a team of specialists who discuss a text among themselves. Say: "ask the team about the moon", "ask the team about our garden".',
    input: z.object({ text: z.string().min(1).max(MAX_TEXT) }),
    timeoutMs: TIMEOUT_MS,
    run: async ({ text }, { signal, progress }) =>
      answer.parse(await runProgram({ ...program('nested-team.ts'), input: text, signal, onProgress: progress })),
  }),

  execute_claude_code: tool({
    description:
      'Hand a coding task to a code agent. Say: "let the agent code a clock", "let the agent code our front page".',
    input: z.object({ task: z.string().min(1).max(MAX_TEXT) }),
    timeoutMs: TIMEOUT_MS,
    run: async ({ task }, { signal, progress }) =>
      answer.parse(await runProgram({ ...program('code-agent.ts'), input: task, signal, onProgress: progress })),
  }),
};

/** A program of this folder. Put your own here: anything that reads text and writes lines. */
function program(name: string): { readonly file: string; readonly args: readonly string[] } {
  return { file: process.execPath, args: [fileURLToPath(new URL(`programs/${name}`, import.meta.url))] };
}
