import { tool } from '@openai/agents-realtime';
import * as z from 'zod';

/** What the tool of {@link driveTool} gives back, and the local model therefore says. */
export const DRIVEN = 'I am going forward ten meters.';

/** A tool of an agent that can be called by voice; `runs` is told the distance. */
export function driveTool(runs: number[]) {
  return tool({
    name: 'drive_forward',
    description: 'Drive forward. Say: "go forward ten meters", "go forward five meters".',
    parameters: z.object({ meters: z.int() }),
    execute: async ({ meters }) => {
      runs.push(meters);
      return DRIVEN;
    },
  });
}
