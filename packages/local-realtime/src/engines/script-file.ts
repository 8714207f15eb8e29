import { decodeJson, type Parsed, parsedOk, parseValue } from '@voice-bridge/core';
import * as z from 'zod/mini';
import type { AssistantOutput } from './assistant/assistant-engine.ts';
import type { EngineScript } from './scripted-engines.ts';

const MAX_SCRIPT_LENGTH = 1_000_000;

const callSchema = z.strictObject({ call: z.string(), arguments: z.optional(z.record(z.string(), z.unknown())) });
const outputSchema = z.union([z.string(), callSchema]);
const scriptSchema = z.strictObject({
  turns: z.array(z.union([z.string(), z.array(outputSchema)])),
  heard: z.optional(z.array(z.string())),
});

/**
 * Reads a script: JSON `{ "turns": ["One sentence.", ["Two.", { "call": "set_lamp", "arguments": { "colour": "blue" } }]],
 * "heard": ["what the n-th utterance is"] }`. A turn is what the n-th response says and calls.
 */
export function parseScript(text: string): Parsed<EngineScript> {
  const decoded = decodeJson(text, MAX_SCRIPT_LENGTH);
  const parsed = decoded.ok ? parseValue(scriptSchema, decoded.value) : decoded;
  if (!parsed.ok) return parsed;
  const { turns, heard } = parsed.value;
  const read = turns.map((turn) => (typeof turn === 'string' ? [turn] : turn).map(outputOf));
  return parsedOk({ turns: read, ...(heard === undefined ? {} : { heard }) });
}

function outputOf(output: z.infer<typeof outputSchema>): AssistantOutput {
  if (typeof output === 'string') return { type: 'sentence', text: output };
  return { type: 'function_call', name: output.call, arguments: JSON.stringify(output.arguments ?? {}) };
}
