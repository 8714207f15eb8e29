import { tool } from '@openai/agents-realtime';
import * as z from 'zod';
import { DRIVE_TOOL, DRIVEN } from './lines.ts';

/** The same tool as agents-realtime runs it; `runs` is told the distance. */
export function driveTool(runs: number[]) {
  return tool({
    name: DRIVE_TOOL.name,
    description: DRIVE_TOOL.description,
    parameters: z.object({ meters: z.int() }),
    execute: async ({ meters }) => {
      runs.push(meters);
      return DRIVEN;
    },
  });
}
