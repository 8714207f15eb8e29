import * as z from 'zod/mini';
import type { Parsed } from '../parsed.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { textOf } from './text-of.ts';
import { parseJson } from './wire.ts';

/** Longest control message either side reads, in UTF-16 units. */
export const MAX_CONTROL_LENGTH = 65_536;
/** How often the bridge sends a `ping`; a client silent for three of them is gone. */
export const HEARTBEAT_MS = 2_000;

const transcriptEntry = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  state: z.enum(['partial', 'final', 'interrupted', 'failed']),
});

const assistantState = z.enum(['idle', 'listening', 'thinking', 'speaking', 'using_tool']);

const toolCall = z.object({
  call_id: z.string(),
  name: z.string(),
  /** The arguments as the model gave them: JSON text. */
  arguments: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  /** What the tool last reported through `progress`. */
  progress: z.optional(z.unknown()),
  /** The result as the model gets it, cut to 4,000 characters. */
  result: z.optional(z.string()),
});

/** What the bridge tells a client on the control channel. */
export const serverControlSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('joined'),
    protocol_version: z.number(),
    session_id: z.string(),
    participant_id: z.string(),
    conversation_id: z.string(),
    assistant: assistantState,
    transcript: z.array(transcriptEntry),
  }),
  z.object({ type: z.literal('assistant'), state: assistantState }),
  z.object({ type: z.literal('speech'), state: z.enum(['started', 'stopped']) }),
  /** A transcript entry, new or changed; it stands after `after` (null: first). */
  z.object({ type: z.literal('transcript'), entry: transcriptEntry, after: z.nullable(z.string()) }),
  /** More text at the end of an entry. */
  z.object({ type: z.literal('transcript_delta'), id: z.string(), delta: z.string() }),
  z.object({ type: z.literal('tool_call'), tool_call: toolCall }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
  z.object({ type: z.literal('ping'), id: z.number() }),
  z.object({ type: z.literal('closed'), reason: z.string(), code: z.optional(z.string()) }),
]);
/** One message of {@link serverControlSchema}. */
export type ServerControlMessage = z.infer<typeof serverControlSchema>;

/** What a client may say on the control channel. There is no way to send a model event. */
export const clientControlSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pong'), id: z.number() }),
  z.strictObject({ type: z.literal('interrupt') }),
  z.strictObject({ type: z.literal('text'), text: textOf(1, MAX_TEXT_LENGTH) }),
  z.strictObject({ type: z.literal('mute'), muted: z.boolean() }),
  z.strictObject({ type: z.literal('leave') }),
]);
/** One message of {@link clientControlSchema}. */
export type ClientControlMessage = z.infer<typeof clientControlSchema>;

/** One line of a conversation as everybody sees it. */
export type TranscriptEntry = z.infer<typeof transcriptEntry>;
/** What the assistant is doing. */
export type AssistantState = z.infer<typeof assistantState>;
/** One tool call as clients see it. */
export type ToolCallView = z.infer<typeof toolCall>;

/** Reads a message of the bridge; never throws. */
export function parseServerControl(text: string): Parsed<ServerControlMessage> {
  return parseJson(serverControlSchema, text, MAX_CONTROL_LENGTH);
}

/** Reads a message of a client; never throws. */
export function parseClientControl(text: string): Parsed<ClientControlMessage> {
  return parseJson(clientControlSchema, text, MAX_CONTROL_LENGTH);
}
