import * as z from 'zod/mini';
import { CONVERSATION_ID_PATTERN } from '../ids.ts';
import { MAX_BODY_BYTES, MAX_IMAGE_URL_LENGTH, MAX_SYSTEM_PROMPT_LENGTH, MAX_TEXT_LENGTH } from './limits.ts';
import { MAX_NAME_LENGTH, participantRoleSchema, resumeTokenSchema } from './participants.ts';
import { textLike, textOf } from './text-of.ts';

/** A picture as the model takes it: PNG, JPEG, WebP or GIF in base64. */
export const imageUrlSchema = /* @__PURE__ */ z
  .string()
  .check(z.maxLength(MAX_IMAGE_URL_LENGTH), z.regex(/^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}$/));

const conversationId = textLike(CONVERSATION_ID_PATTERN);

/** `POST /api/realtime/webrtc/bridge`: opens a session for the conversation, or joins the one it has, with this offer. */
export const bridgeRequestSchema = z.strictObject({
  conversation_id: conversationId,
  offer: textOf(1, MAX_BODY_BYTES),
  voice: z.optional(textOf(1, 64)),
  agent_name: z.optional(textOf(1, 64)),
  system_prompt: z.optional(textOf(0, MAX_SYSTEM_PROMPT_LENGTH)),
  /**
   * The session the page had when its connection broke: renews that one, and is refused with `session_replaced` when a newer
   * one took its place meanwhile. Left out, the request takes the conversation over.
   */
  session_id: z.optional(textOf(1, 64)),
  /** Joins the conversation's session as one more participant; opens one only when there is none. */
  join: z.optional(z.boolean()),
  resume_token: resumeTokenSchema,
  /** How the other participants see this one. */
  name: z.optional(textOf(1, MAX_NAME_LENGTH)),
  /** Left out: `speaker`. */
  role: z.optional(participantRoleSchema),
});
/** The body of {@link bridgeRequestSchema}. */
export type BridgeRequest = z.infer<typeof bridgeRequestSchema>;

/** Answer to {@link bridgeRequestSchema}: `answer` is SDP text (RFC 8866) with every candidate in it. */
export const bridgeResponseSchema = z.object({
  session_id: z.string(),
  answer: z.string(),
  /** Left out by bridges that know of one participant only. */
  participant_id: z.optional(z.string()),
  resume_token: z.optional(z.string()),
});
/** The body of {@link bridgeResponseSchema}. */
export type BridgeResponse = z.infer<typeof bridgeResponseSchema>;

/** `POST …/{conversation_id}/text`: says typed text to the assistant, shows it a picture (`data:` URL, RFC 2397), or both. */
export const textRequestSchema = /* @__PURE__ */ z
  .strictObject({
    text: z.optional(textOf(1, MAX_TEXT_LENGTH)),
    image_url: z.optional(imageUrlSchema),
  })
  .check(
    z.refine(({ text, image_url }) => text !== undefined || image_url !== undefined, {
      error: 'expected text, image_url or both',
    }),
  );

/** Answer to a text: the model has it. */
export const textResponseSchema = z.object({ status: z.literal('sent') });

/** Answer to a DELETE, also for a conversation that is closed or never was. */
export const closedResponseSchema = z.object({ status: z.literal('closed') });

const credentials = { username: z.optional(z.string()), credential: z.optional(z.string()) };
/** One ICE server as `RTCConfiguration` takes it (W3C WebRTC 4.2.2). */
export const iceServerSchema = z.object({ urls: z.union([z.string(), z.array(z.string())]), ...credentials });
/** The shape of {@link iceServerSchema}. */
export type IceServer = z.infer<typeof iceServerSchema>;

/** `GET /api/realtime/config`: what a client must know before it makes its offer. */
export const configResponseSchema = z.object({
  protocol_version: z.number(),
  /** `urls` is always a list: what reads no unions loads less of zod. */
  ice_servers: z.array(z.object({ urls: z.array(z.string()), ...credentials })),
  transports: z.array(z.string()),
  limits: z.object({
    max_text_length: z.number(),
    max_session_minutes: z.number(),
    idle_minutes: z.number(),
  }),
});
/** The body of {@link configResponseSchema}. */
export type ConfigResponse = z.infer<typeof configResponseSchema>;

/** Every error answer: a stable code and a sentence; never a stack, prompt or key. */
export const errorResponseSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.optional(z.string()) }),
});
/** The body of {@link errorResponseSchema}. */
export type ErrorResponse = z.infer<typeof errorResponseSchema>;
