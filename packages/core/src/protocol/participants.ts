import * as z from 'zod/mini';
import { textOf } from './text-of.ts';

/** Loudest gain of a participant; 1 is as it is. */
export const MAX_GAIN = 4;
/** Longest name of a participant, in UTF-16 units. */
export const MAX_NAME_LENGTH = 64;

/** Schema of {@link ParticipantRole}. */
export const participantRoleSchema = z.enum(['speaker', 'listener', 'observer']);
/** A speaker speaks and hears, a listener hears, an observer hears nothing: it sees what is said and done, and nothing it says reaches anybody. */
export type ParticipantRole = z.infer<typeof participantRoleSchema>;

/** Schema of {@link ParticipantTransport}. */
export const participantTransportSchema = z.enum(['webrtc', 'data_channel', 'websocket']);
/** How a participant's audio travels: on a media track, as PCM over a data channel, as PCM over a WebSocket. */
export type ParticipantTransport = z.infer<typeof participantTransportSchema>;

/** Schema of {@link ParticipantView}. */
export const participantViewSchema = z.object({
  participant_id: z.string(),
  name: z.nullable(z.string()),
  role: participantRoleSchema,
  transport: participantTransportSchema,
  muted: z.boolean(),
  /** Factor on its samples, 0 to 4; 1 is as it is. */
  gain: z.number(),
});
/** One participant as everybody in the session sees it. */
export type ParticipantView = z.infer<typeof participantViewSchema>;

/**
 * Schema of what a client that comes back shows: the `resume_token` it was given when it joined. It takes its place in the session again, with
 * the same participant id, role, gain and mute; a connection that still holds that place ends. One that means nothing is no obstacle.
 */
export const resumeTokenSchema = /* @__PURE__ */ z.optional(textOf(1, 64));

/** Schema of the factor a participant's audio may be multiplied by. */
export const gainSchema = /* @__PURE__ */ z.number().check(z.minimum(0), z.maximum(MAX_GAIN));
