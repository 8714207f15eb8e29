import * as z from 'zod/mini';
import { type Parsed, parsedProblem } from '../parsed.ts';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { gainSchema, participantRoleSchema, participantViewSchema } from './participants.ts';
import { textOf } from './text-of.ts';
import { decodeJson, parseJson, parseValue } from './wire.ts';

/** Longest control message either side reads, in UTF-16 units. */
export const MAX_CONTROL_LENGTH = 65_536;
/** How often the bridge sends a `ping`; a client silent for three of them is gone. */
export const HEARTBEAT_MS = 2_000;

/** Schema of {@link TranscriptEntry}. */
export const transcriptEntrySchema = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  text: z.string(),
  state: z.enum(['partial', 'final', 'interrupted', 'failed']),
  /** Who of the participants typed or said it; left out when that is not known, as when several spoke at once. */
  participant_id: z.optional(z.string()),
});

/** Schema of {@link AssistantState}. */
export const assistantStateSchema = z.enum(['idle', 'listening', 'thinking', 'speaking', 'using_tool']);

/** Schema of {@link ToolCallView}. */
export const toolCallViewSchema = z.object({
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

const joined = z.object({
  type: z.literal('joined'),
  protocol_version: z.number(),
  session_id: z.string(),
  participant_id: z.string(),
  conversation_id: z.string(),
  assistant: assistantStateSchema,
  transcript: z.array(transcriptEntrySchema),
  /** What was said in earlier sessions and is kept, oldest first; no id in it is one of `transcript`. */
  history: z.optional(z.array(transcriptEntrySchema)),
  /** Everybody who is in the session; left out by bridges that know of one participant only. */
  participants: z.optional(z.array(participantViewSchema)),
  /** Whether the ends of turns are told by `commit`, as turn detection is off; left out when it is on. */
  push_to_talk: z.optional(z.boolean()),
});
const assistant = z.object({ type: z.literal('assistant'), state: assistantStateSchema });
const speech = z.object({ type: z.literal('speech'), state: z.enum(['started', 'stopped']) });
/** A transcript entry, new or changed; it stands after `after` (null: first). */
const transcript = z.object({
  type: z.literal('transcript'),
  entry: transcriptEntrySchema,
  after: z.nullable(z.string()),
});
/** More text at the end of an entry. */
const transcriptDelta = z.object({ type: z.literal('transcript_delta'), id: z.string(), delta: z.string() });
const toolCallChanged = z.object({ type: z.literal('tool_call'), tool_call: toolCallViewSchema });
/** Everybody who is in the session: at every change of somebody. */
const participants = z.object({ type: z.literal('participants'), participants: z.array(participantViewSchema) });
/** How loud participants are, 0 to 1, and who speaks; at most five a second, only when it changed. */
const levels = z.object({
  type: z.literal('levels'),
  levels: z.array(z.object({ participant_id: z.string(), level: z.number() })),
  active: z.nullable(z.string()),
});
const error = z.object({ type: z.literal('error'), code: z.string(), message: z.string() });
const ping = z.object({ type: z.literal('ping'), id: z.number() });
const closed = z.object({ type: z.literal('closed'), reason: z.string(), code: z.optional(z.string()) });

/** What the bridge tells a client on the control channel. */
export const serverControlSchema = z.discriminatedUnion('type', [
  joined,
  assistant,
  speech,
  transcript,
  transcriptDelta,
  toolCallChanged,
  participants,
  levels,
  error,
  ping,
  closed,
]);
/** One message of {@link serverControlSchema}. */
export type ServerControlMessage = z.infer<typeof serverControlSchema>;

const participantId = textOf(1, 64);

/** What a client may say on the control channel. There is no way to send a model event. */
export const clientControlSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pong'), id: z.number() }),
  z.strictObject({ type: z.literal('interrupt') }),
  z.strictObject({ type: z.literal('text'), text: textOf(1, MAX_TEXT_LENGTH) }),
  z.strictObject({ type: z.literal('mute'), muted: z.boolean() }),
  z.strictObject({ type: z.literal('leave') }),
  /** Push-to-talk, for a bridge whose turn detection is off: what was said since the last turn or `clear` is a turn; answer it. */
  z.strictObject({ type: z.literal('commit') }),
  /** Forgets what was said since the last turn: sent when the button goes down. */
  z.strictObject({ type: z.literal('clear') }),
  /** Changes a participant: oneself may be muted or unmuted; everything else takes a moderator. */
  z.strictObject({
    type: z.literal('set_participant'),
    participant_id: participantId,
    muted: z.optional(z.boolean()),
    gain: z.optional(gainSchema),
    role: z.optional(participantRoleSchema),
  }),
  /** Ends somebody's part in the session; takes a moderator. */
  z.strictObject({ type: z.literal('remove_participant'), participant_id: participantId }),
]);
/** One message of {@link clientControlSchema}. */
export type ClientControlMessage = z.infer<typeof clientControlSchema>;

/** One line of a conversation as everybody sees it. */
export type TranscriptEntry = z.infer<typeof transcriptEntrySchema>;
/** What the assistant is doing. */
export type AssistantState = z.infer<typeof assistantStateSchema>;
/** One tool call as clients see it. */
export type ToolCallView = z.infer<typeof toolCallViewSchema>;

/** Reads a message of the bridge; never throws. */
export function parseServerControl(text: string): Parsed<ServerControlMessage> {
  const decoded = decodeJson(text, MAX_CONTROL_LENGTH);
  if (!decoded.ok) return decoded;
  const schema = SERVER_MESSAGES.get(typeOf(decoded.value));
  return schema === undefined
    ? parsedProblem('type: not one of the allowed values')
    : parseValue(schema, decoded.value);
}

/** The schemas of {@link serverControlSchema} by their type: what looks them up itself, as every page does, loads less of zod. */
const SERVER_MESSAGES: ReadonlyMap<unknown, z.ZodMiniType<ServerControlMessage>> = new Map(
  Object.entries({
    joined,
    assistant,
    speech,
    transcript,
    transcript_delta: transcriptDelta,
    tool_call: toolCallChanged,
    participants,
    levels,
    error,
    ping,
    closed,
  } satisfies { [Type in ServerControlMessage['type']]: z.ZodMiniType<Extract<ServerControlMessage, { type: Type }>> }),
);

function typeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
}

/** Reads a message of a client; never throws. */
export function parseClientControl(text: string): Parsed<ClientControlMessage> {
  return parseJson(clientControlSchema, text, MAX_CONTROL_LENGTH);
}
