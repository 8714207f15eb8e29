import { decodeJson, type Parsed, parsedOk, parsedProblem, parseValue } from '@voice-bridge/core';
import * as z from 'zod/mini';

const MAX_EVENT_LENGTH = 1_000_000;

const piece = z.optional(z.nullable(z.string()));
const toolCallSchema = z.object({
  index: z.optional(z.int().check(z.minimum(0), z.maximum(127))),
  function: z.optional(z.object({ name: piece, arguments: piece })),
});
const contentSchema = z.object({
  content: piece,
  refusal: piece,
  tool_calls: z.optional(z.nullable(z.array(toolCallSchema))),
});
const choicesSchema = z.object({
  choices: z.array(z.object({ delta: z.optional(contentSchema), message: z.optional(contentSchema) })),
});
const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** Some words, or some letters of a function call; pieces of one call bear the same number. */
export type ChatPiece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly index: number; readonly name: string; readonly arguments: string };

/**
 * Reads one event of a streamed chat completion, or a whole one that was not streamed. What does not concern the answer (usage,
 * reasoning) gives no piece.
 */
export function parseChatEvent(text: string): Parsed<readonly ChatPiece[]> {
  const decoded = decodeJson(text, MAX_EVENT_LENGTH);
  if (!decoded.ok) return decoded;
  const failed = parseValue(errorSchema, decoded.value);
  if (failed.ok) return parsedProblem(failed.value.error.message.slice(0, 200));
  const parsed = parseValue(choicesSchema, decoded.value);
  if (!parsed.ok) return parsed;
  const content = parsed.value.choices[0]?.delta ?? parsed.value.choices[0]?.message;
  const words = content?.content || content?.refusal || '';
  const calls = (content?.tool_calls ?? []).map((call, place): ChatPiece => {
    const called = { name: call.function?.name ?? '', arguments: call.function?.arguments ?? '' };
    return { type: 'call', index: call.index ?? place, ...called };
  });
  return parsedOk([...(words === '' ? [] : [{ type: 'text', text: words } as const]), ...calls]);
}
