import * as z from 'zod/mini';
import { type Parsed, parsedOk, parsedProblem } from '../parsed.ts';
import { decodeJson, parseValue } from '../protocol/wire.ts';
import { serverItemSchema } from './items.ts';
import { MAX_SERVER_EVENT_LENGTH } from './limits.ts';
import { errorBodySchema, responseSchema } from './responses.ts';

const text = z.string();
const integer = z.number();
/** Of a content part or an output item; far above any real one, as arrays are built by it. */
const index = z.int().check(z.minimum(0), z.maximum(1_023));
const optionalText = z.optional(z.nullable(text));
const previous = z.optional(z.nullable(text));

function event<Type extends string, Shape extends z.core.$ZodShape>(type: Type, shape: Shape) {
  return z.object({ type: z.literal(type), event_id: text, ...shape });
}

/** Settings of a session as a server tells them; build one as a `RealtimeSession`. */
const session = z.looseObject({ type: optionalText, id: optionalText, model: optionalText });

const logprobs = z.optional(
  z.nullable(z.array(z.object({ token: text, logprob: z.number(), bytes: z.optional(z.array(integer)) }))),
);
const placed = { item: serverItemSchema, previous_item_id: previous };
const part = { item_id: text, content_index: index };
const output = { response_id: text, item_id: text, output_index: index };
const outputPart = { ...output, content_index: index };
const outputItem = { response_id: text, output_index: index, item: serverItemSchema };
const contentPart = z.object({
  type: z.enum(['audio', 'text']),
  transcript: optionalText,
  text: optionalText,
  audio: optionalText,
});
const call = { ...output, call_id: text };
const mcp = { item_id: text, output_index: index };

const transcriptionUsage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('tokens'),
    input_tokens: integer,
    output_tokens: integer,
    total_tokens: integer,
    input_token_details: z.optional(z.object({ text_tokens: z.optional(integer), audio_tokens: z.optional(integer) })),
  }),
  z.object({ type: z.literal('duration'), seconds: z.number() }),
]);
const transcriptionError = z.object({
  code: optionalText,
  message: optionalText,
  param: optionalText,
  type: optionalText,
});
const rateLimit = z.object({
  name: text,
  limit: z.number(),
  remaining: z.number(),
  reset_seconds: z.number(),
});

/** Every event of the GA union (OpenAI Realtime), the two retired ones included. */
export const serverEventSchema = z.discriminatedUnion('type', [
  event('session.created', { session }),
  event('session.updated', { session }),
  event('conversation.created', { conversation: z.object({ id: optionalText, object: optionalText }) }),
  event('conversation.item.created', placed),
  event('conversation.item.added', placed),
  event('conversation.item.done', placed),
  event('conversation.item.retrieved', { item: serverItemSchema }),
  event('conversation.item.deleted', { item_id: text }),
  event('conversation.item.truncated', { ...part, audio_end_ms: integer }),
  event('conversation.item.input_audio_transcription.delta', {
    item_id: text,
    content_index: z.optional(index),
    delta: optionalText,
    logprobs,
  }),
  event('conversation.item.input_audio_transcription.completed', {
    ...part,
    transcript: text,
    usage: z.catch(z.optional(z.nullable(transcriptionUsage)), undefined),
    logprobs,
  }),
  event('conversation.item.input_audio_transcription.segment', {
    ...part,
    id: text,
    text,
    speaker: text,
    start: z.number(),
    end: z.number(),
  }),
  event('conversation.item.input_audio_transcription.failed', { ...part, error: transcriptionError }),
  event('input_audio_buffer.committed', { item_id: text, previous_item_id: previous }),
  event('input_audio_buffer.cleared', {}),
  event('input_audio_buffer.speech_started', { item_id: text, audio_start_ms: integer }),
  event('input_audio_buffer.speech_stopped', { item_id: text, audio_end_ms: integer }),
  event('input_audio_buffer.timeout_triggered', { item_id: text, audio_start_ms: integer, audio_end_ms: integer }),
  z.object({
    type: z.literal('input_audio_buffer.dtmf_event_received'),
    event_id: z.optional(text),
    event: text,
    received_at: integer,
  }),
  event('output_audio_buffer.started', { response_id: text }),
  event('output_audio_buffer.stopped', { response_id: text }),
  event('output_audio_buffer.cleared', { response_id: text }),
  event('response.created', { response: responseSchema }),
  event('response.done', { response: responseSchema }),
  event('response.output_item.added', outputItem),
  event('response.output_item.done', outputItem),
  event('response.content_part.added', { ...outputPart, part: contentPart }),
  event('response.content_part.done', { ...outputPart, part: contentPart }),
  event('response.output_audio.delta', { ...outputPart, delta: text }),
  event('response.output_audio.done', outputPart),
  event('response.output_audio_transcript.delta', { ...outputPart, delta: text }),
  event('response.output_audio_transcript.done', { ...outputPart, transcript: text }),
  event('response.output_text.delta', { ...outputPart, delta: text }),
  event('response.output_text.done', { ...outputPart, text }),
  event('response.function_call_arguments.delta', { ...call, delta: text }),
  event('response.function_call_arguments.done', { ...call, arguments: text, name: z.optional(text) }),
  event('response.mcp_call_arguments.delta', { ...output, delta: text }),
  event('response.mcp_call_arguments.done', { ...output, arguments: text }),
  event('response.mcp_call.in_progress', mcp),
  event('response.mcp_call.completed', mcp),
  event('response.mcp_call.failed', mcp),
  event('mcp_list_tools.in_progress', { item_id: text }),
  event('mcp_list_tools.completed', { item_id: text }),
  event('mcp_list_tools.failed', { item_id: text }),
  event('rate_limits.updated', { rate_limits: z.array(rateLimit) }),
  event('error', { error: errorBodySchema }),
]);
/** One event of {@link serverEventSchema}: what a server builds. */
export type ServerEvent = z.infer<typeof serverEventSchema>;
/** The name of an event a server may send. */
export type ServerEventType = ServerEvent['type'];
/** The server event of one name. */
export type ServerEventOf<Type extends ServerEventType> = Extract<ServerEvent, { type: Type }>;
/** A server event before its `event_id` is given. */
export type ServerEventBody = ServerEvent extends infer Each
  ? Each extends ServerEvent
    ? Omit<Each, 'event_id'>
    : never
  : never;

/** An event newer than these schemas, or a known one in a shape they do not take. */
export interface OtherServerEvent {
  readonly type: 'other';
  /** The event's own `type`. */
  readonly name: string;
  /** What is wrong with it; undefined when its type is simply unknown. */
  readonly problem: string | undefined;
}

const typed = z.object({ type: z.string().check(z.maxLength(128)) });
const knownTypes: ReadonlySet<string> = new Set(
  serverEventSchema._zod.def.options.flatMap((option) => [...option._zod.def.shape.type._zod.def.values]),
);

/**
 * Reads one event of a server, at most {@link MAX_SERVER_EVENT_LENGTH} long; never throws.
 * Only text that is no JSON object with a `type` is a problem: everything else is an event, if need be an `other`.
 */
export function parseServerEvent(text: string): Parsed<ServerEvent | OtherServerEvent> {
  const decoded = decodeJson(text, MAX_SERVER_EVENT_LENGTH);
  if (!decoded.ok) return parsedProblem(decoded.problem);
  const named = parseValue(typed, decoded.value);
  if (!named.ok) return named;
  const name = named.value.type;
  if (!knownTypes.has(name)) return parsedOk({ type: 'other', name, problem: undefined });
  const parsed = parseValue(serverEventSchema, decoded.value);
  return parsed.ok ? parsed : parsedOk({ type: 'other', name, problem: parsed.problem });
}

/** Writes an event as the text that travels. */
export function encodeServerEvent(event: ServerEvent): string {
  return JSON.stringify(event);
}
