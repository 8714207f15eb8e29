import * as z from 'zod/mini';
import { CONVERSATION_ID_PATTERN } from '../ids.ts';
import type { Parsed } from '../parsed.ts';
import { iceCandidateSchema } from './ice-candidate.ts';
import { MAX_BODY_BYTES, MAX_SYSTEM_PROMPT_LENGTH } from './limits.ts';
import { MAX_NAME_LENGTH, participantRoleSchema, resumeTokenSchema } from './participants.ts';
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
  resume_token: resumeTokenSchema,
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
  /** What this participant shows when it comes back. */
  resume_token: z.string(),
});
/** The shape of {@link speechStartedSchema}. */
export type SpeechStarted = z.infer<typeof speechStartedSchema>;

const sdp = textOf(1, MAX_BODY_BYTES);
const peerId = textOf(1, 64);

/** `POST /api/voice/offer`: joins with this offer; without `sdp`, asks the bridge to make one. */
export const voiceOfferSchema = z.strictObject({ type: z.literal('offer'), sdp: z.optional(sdp), ...place });
/** The body of {@link voiceOfferSchema}. */
export type VoiceOffer = z.infer<typeof voiceOfferSchema>;

/** Answer to {@link voiceOfferSchema}: the bridge's answer, or its own offer, with every candidate in it. */
export const voiceDescriptionSchema = z.object({
  type: z.enum(['answer', 'offer']),
  sdp: z.string(),
  session_id: z.string(),
  /** Who joins, as `participant_id` elsewhere. */
  peer_id: z.string(),
  conversation_id: z.string(),
  /** What this participant shows when it comes back. */
  resume_token: z.string(),
});
/** The body of {@link voiceDescriptionSchema}. */
export type VoiceDescription = z.infer<typeof voiceDescriptionSchema>;

/** `POST /api/voice/answer`: the client's answer to the bridge's offer. */
export const voiceAnswerSchema = z.strictObject({ type: z.optional(z.literal('answer')), peer_id: peerId, sdp });
/** The body of {@link voiceAnswerSchema}. */
export type VoiceAnswer = z.infer<typeof voiceAnswerSchema>;

/** `POST /api/voice/ice`: a candidate of the client, which the bridge does not need: it is reached, and learns addresses from that. */
export const voiceIceSchema = z.strictObject({
  type: z.optional(z.literal('ice')),
  peer_id: peerId,
  candidate: iceCandidateSchema,
});
/** The body of {@link voiceIceSchema}. */
export type VoiceIce = z.infer<typeof voiceIceSchema>;

/** What a client says on `/ws/speech` before its first sound. Without `peer_id` the peer of its last offer is meant. */
export const speechRequestSchema = z.discriminatedUnion('type', [
  speechStartSchema,
  voiceOfferSchema,
  z.strictObject({ type: z.literal('answer'), peer_id: z.optional(peerId), sdp }),
  z.strictObject({ type: z.literal('ice'), peer_id: z.optional(peerId), candidate: iceCandidateSchema }),
]);
/** One message of {@link speechRequestSchema}. */
export type SpeechRequest = z.infer<typeof speechRequestSchema>;

/** Reads what a client says on `/ws/speech` while it speaks no PCM yet; never throws. */
export function parseSpeechRequest(text: string): Parsed<SpeechRequest> {
  return parseJson(speechRequestSchema, text, MAX_BODY_BYTES);
}
