import * as z from 'zod/mini';
import type { Parsed } from '../parsed.ts';
import { assistantStateSchema, toolCallViewSchema, transcriptEntrySchema } from './control.ts';
import { participantRoleSchema, participantTransportSchema } from './participants.ts';
import { sessionSummarySchema } from './session-http.ts';
import { parseJson } from './wire.ts';

/** How often a feed says `ping`, in ms: a client that hears nothing for three of them has lost it. */
export const FEED_PING_MS = 15_000;
/** Longest message of a feed, in UTF-16 units. */
export const MAX_FEED_LENGTH = 1_048_576;
/** Longest message a client sends to a feed, in UTF-16 units. */
export const MAX_FEED_REQUEST_LENGTH = 1_024;

/** What every event has: `id` counts up within the conversation and is left out by what is not kept; `at` is in ms since 1970. */
const event = {
  id: z.optional(z.number()),
  at: z.number(),
  session_id: z.string(),
};

/** One event of a conversation's feed. */
export const feedEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session_opened'), ...event }),
  z.object({ type: z.literal('session_closed'), ...event, reason: z.string(), code: z.optional(z.string()) }),
  z.object({
    type: z.literal('participant_joined'),
    ...event,
    participant_id: z.string(),
    name: z.nullable(z.string()),
    role: participantRoleSchema,
    transport: participantTransportSchema,
  }),
  z.object({
    type: z.literal('participant_changed'),
    ...event,
    participant_id: z.string(),
    muted: z.boolean(),
    gain: z.number(),
    role: participantRoleSchema,
  }),
  z.object({ type: z.literal('participant_left'), ...event, participant_id: z.string(), reason: z.string() }),
  /** Somebody else speaks; null: nobody. */
  z.object({ type: z.literal('speaker'), ...event, participant_id: z.nullable(z.string()) }),
  z.object({ type: z.literal('assistant'), ...event, state: assistantStateSchema }),
  /** A transcript entry, new or changed; it stands after `after` (null: first of its session). Kept once it changes no more. */
  z.object({
    type: z.literal('transcript'),
    ...event,
    entry: transcriptEntrySchema,
    after: z.nullable(z.string()),
  }),
  /** More text at the end of an entry. */
  z.object({ type: z.literal('transcript_delta'), ...event, entry_id: z.string(), delta: z.string() }),
  z.object({ type: z.literal('tool_call'), ...event, tool_call: toolCallViewSchema }),
  z.object({
    type: z.literal('warning'),
    id: event.id,
    at: event.at,
    session_id: z.nullable(z.string()),
    code: z.string(),
    message: z.string(),
  }),
  /** Everything kept was told; what follows happens now. `session` is the running one; its unfinished entries follow. */
  z.object({ type: z.literal('live'), at: event.at, session: z.nullable(sessionSummarySchema) }),
  /** Events before the next one are not kept any more. */
  z.object({ type: z.literal('missed'), at: event.at }),
  z.object({ type: z.literal('ping'), at: event.at }),
  /** Why the feed ends. */
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
]);
/** One message of {@link feedEventSchema}. */
export type FeedEvent = z.infer<typeof feedEventSchema>;

/** A client's first message on the feed's WebSocket, when its URL has no `after`. */
export const feedRequestSchema = z.strictObject({
  type: z.literal('resume'),
  /** The id of the last event it has; left out or 0: from the oldest event that is kept. */
  after: z.optional(z.number().check(z.int(), z.minimum(0))),
});
/** The shape of {@link feedRequestSchema}. */
export type FeedRequest = z.infer<typeof feedRequestSchema>;

/** Reads a message of a feed; never throws. */
export function parseFeedEvent(text: string): Parsed<FeedEvent> {
  return parseJson(feedEventSchema, text, MAX_FEED_LENGTH);
}

/** Reads a client's message to a feed; never throws. */
export function parseFeedRequest(text: string): Parsed<FeedRequest> {
  return parseJson(feedRequestSchema, text, MAX_FEED_REQUEST_LENGTH);
}
