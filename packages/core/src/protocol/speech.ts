import * as z from 'zod/mini';
import { CONVERSATION_ID_PATTERN } from '../ids.ts';
import type { Parsed } from '../parsed.ts';
import { MAX_BODY_BYTES, MAX_SYSTEM_PROMPT_LENGTH } from './limits.ts';
import { MAX_NAME_LENGTH, participantRoleSchema } from './participants.ts';
import { textLike, textOf } from './text-of.ts';
import { parseJson } from './wire.ts';

/** Largest message of PCM, in bytes; the smallest is 1. */
export const MAX_PCM_MESSAGE_BYTES = 65_536;

/** Where somebody wants to speak, and as whom; the session exists already or is opened for it. */
const place = {
  /** Left out, the bridge makes one up. */
  conversation_id: z.optional(textLike(CONVERSATION_ID_PATTERN)),
  /** How the other participants see this one. */
  name: z.optional(textOf(1, MAX_NAME_LENGTH)),
  /** Left out: `speaker`. */
  role: z.optional(participantRoleSchema),
  voice: z.optional(textOf(1, 64)),
  agent_name: z.optional(textOf(1, 64)),
  system_prompt: z.optional(textOf(0, MAX_SYSTEM_PROMPT_LENGTH)),
};

/** What a client says on `/ws/speech` before its first sound; one that begins with sound means `start` and nothing else. */
export const speechStartSchema = z.strictObject({ type: z.literal('start'), ...place });
/** The shape of {@link speechStartSchema}. */
export type SpeechStart = z.infer<typeof speechStartSchema>;

/** The bridge's answer to {@link speechStartSchema}; control messages and sound follow. */
export const speechStartedSchema = z.object({
  type: z.literal('started'),
  session_id: z.string(),
  participant_id: z.string(),
  conversation_id: z.string(),
});
/** The shape of {@link speechStartedSchema}. */
export type SpeechStarted = z.infer<typeof speechStartedSchema>;

/** Reads what a client says on `/ws/speech` while it is in no session yet; never throws. */
export function parseSpeechRequest(text: string): Parsed<SpeechStart> {
  return parseJson(speechStartSchema, text, MAX_BODY_BYTES);
}
