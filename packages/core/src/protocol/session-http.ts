import * as z from 'zod/mini';
import { CONVERSATION_ID_PATTERN } from '../ids.ts';
import { MAX_BODY_BYTES, MAX_SYSTEM_PROMPT_LENGTH } from './limits.ts';
import {
  gainSchema,
  MAX_NAME_LENGTH,
  participantRoleSchema,
  participantViewSchema,
  resumeTokenSchema,
} from './participants.ts';
import { textLike, textOf } from './text-of.ts';

/** `POST /api/realtime/session`: opens a session that people join later. No body asks for a conversation of its own. */
export const sessionRequestSchema = z.strictObject({
  /** Left out, the bridge makes one up. */
  conversation_id: z.optional(textLike(CONVERSATION_ID_PATTERN)),
  voice: z.optional(textOf(1, 64)),
  agent_name: z.optional(textOf(1, 64)),
  system_prompt: z.optional(textOf(0, MAX_SYSTEM_PROMPT_LENGTH)),
});
/** The body of {@link sessionRequestSchema}. */
export type SessionRequest = z.infer<typeof sessionRequestSchema>;

/** Answer to {@link sessionRequestSchema}: the speech model is connected and waits for people. */
export const sessionResponseSchema = z.object({
  session_id: z.string(),
  status: z.literal('connected'),
  conversation_id: z.string(),
});
/** The body of {@link sessionResponseSchema}. */
export type SessionResponse = z.infer<typeof sessionResponseSchema>;

/** A live session as those see it who may touch its conversation. */
export const sessionSummarySchema = z.object({
  session_id: z.string(),
  conversation_id: z.string(),
  state: z.enum(['opening', 'open', 'closing']),
  /** When it was asked for, in ms since 1970. */
  since: z.number(),
  participants: z.array(participantViewSchema),
});
/** The shape of {@link sessionSummarySchema}. */
export type SessionSummary = z.infer<typeof sessionSummarySchema>;

/** Answer to `GET /api/realtime/session`. */
export const sessionListSchema = z.object({ sessions: z.array(sessionSummarySchema) });
/** The body of {@link sessionListSchema}. */
export type SessionList = z.infer<typeof sessionListSchema>;

/** `POST …/{conversation_id}/participants`: joins the running session with this offer. */
export const participantRequestSchema = z.strictObject({
  offer: textOf(1, MAX_BODY_BYTES),
  name: z.optional(textOf(1, MAX_NAME_LENGTH)),
  /** Left out: `speaker`. */
  role: z.optional(participantRoleSchema),
  resume_token: resumeTokenSchema,
});
/** The body of {@link participantRequestSchema}. */
export type ParticipantRequest = z.infer<typeof participantRequestSchema>;

/** Answer to {@link participantRequestSchema}: `answer` is SDP text (RFC 8866) with every candidate in it. */
export const participantResponseSchema = z.object({
  session_id: z.string(),
  participant_id: z.string(),
  answer: z.string(),
  /** What this participant shows when it comes back. */
  resume_token: z.string(),
});
/** The body of {@link participantResponseSchema}. */
export type ParticipantResponse = z.infer<typeof participantResponseSchema>;

/** Answer to `GET …/{conversation_id}/participants`. */
export const participantListSchema = z.object({ participants: z.array(participantViewSchema) });
/** The body of {@link participantListSchema}. */
export type ParticipantList = z.infer<typeof participantListSchema>;

/** `PATCH …/participants/{participant_id}`: what is left out stays as it is. */
export const participantChangeSchema = z.strictObject({
  muted: z.optional(z.boolean()),
  /** Factor on its samples, 0 to 4. */
  gain: z.optional(gainSchema),
  role: z.optional(participantRoleSchema),
});
/** The body of {@link participantChangeSchema}. */
export type ParticipantChange = z.infer<typeof participantChangeSchema>;

/** Answer to a PATCH of a participant; everybody is told by the `participants` message. */
export const changedResponseSchema = z.object({ status: z.literal('changed') });
/** Answer to a DELETE of a participant, also of one that left or never was. */
export const removedResponseSchema = z.object({ status: z.literal('removed') });
