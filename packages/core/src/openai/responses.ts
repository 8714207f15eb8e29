import * as z from 'zod/mini';
import { responseInputSchema, serverItemSchema } from './items.ts';
import { idText } from './limits.ts';
import { audioFormatSchema, generationFields } from './session-config.ts';

const voice = z.union([z.string(), z.object({ id: z.string() })]);
const metadata = z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(512)));

/** What one `response.create` may set for its response alone. */
export const responseParamsSchema = z.strictObject({
  ...generationFields,
  audio: z.optional(
    z.strictObject({
      output: z.optional(
        z.strictObject({
          format: z.optional(audioFormatSchema),
          voice: z.optional(z.union([idText, z.strictObject({ id: idText })])),
        }),
      ),
    }),
  ),
  /** `none`: the response stays out of the conversation. */
  conversation: z.optional(z.enum(['auto', 'none'])),
  input: z.optional(z.array(responseInputSchema).check(z.maxLength(1_024))),
  metadata: z.optional(
    z.nullable(metadata.check(z.refine((pairs) => Object.keys(pairs).length <= 16, { error: 'more than 16 pairs' }))),
  ),
});
/** The shape of {@link responseParamsSchema}. */
export type ResponseParams = z.infer<typeof responseParamsSchema>;

/** Reads a field that is only told for information: what does not fit is left out instead of spoiling the event. */
function lenient<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.catch(z.optional(z.nullable(schema)), undefined);
}

const count = z.optional(z.number());

/** Tokens one response cost. */
export const usageSchema = z.object({
  total_tokens: count,
  input_tokens: count,
  output_tokens: count,
  input_token_details: lenient(
    z.object({
      text_tokens: count,
      audio_tokens: count,
      image_tokens: count,
      cached_tokens: count,
      cached_tokens_details: lenient(z.object({ text_tokens: count, audio_tokens: count, image_tokens: count })),
    }),
  ),
  output_token_details: lenient(z.object({ text_tokens: count, audio_tokens: count })),
});
/** The shape of {@link usageSchema}. */
export type ResponseUsage = z.infer<typeof usageSchema>;

const statusDetails = z.object({
  type: lenient(z.enum(['completed', 'cancelled', 'incomplete', 'failed'])),
  reason: lenient(z.enum(['turn_detected', 'client_cancelled', 'max_output_tokens', 'content_filter'])),
  error: lenient(z.object({ type: lenient(z.string()), code: lenient(z.string()), message: lenient(z.string()) })),
});

/** A response as `response.created` and `response.done` tell of it. */
export const responseSchema = z.object({
  id: z.string(),
  object: lenient(z.literal('realtime.response')),
  /** A status newer than this schema reads as `incomplete`. */
  status: z.catch(z.enum(['completed', 'cancelled', 'failed', 'incomplete', 'in_progress']), 'incomplete'),
  status_details: lenient(statusDetails),
  output: z.catch(z.array(serverItemSchema), []),
  conversation_id: lenient(z.string()),
  output_modalities: lenient(z.array(z.enum(['audio', 'text']))),
  max_output_tokens: lenient(z.union([z.number(), z.literal('inf')])),
  audio: lenient(
    z.object({ output: lenient(z.object({ format: lenient(audioFormatSchema), voice: lenient(voice) })) }),
  ),
  usage: lenient(usageSchema),
  metadata: lenient(z.record(z.string(), z.string())),
});
/** The shape of {@link responseSchema}. */
export type RealtimeResponse = z.infer<typeof responseSchema>;

/** What went wrong, in events and HTTP answers alike. `event_id` names the client event at fault. */
export const errorBodySchema = z.object({
  type: z.string(),
  message: z.string(),
  code: lenient(z.string()),
  param: lenient(z.string()),
  event_id: lenient(z.string()),
});
/** The shape of {@link errorBodySchema}. */
export type ErrorBody = z.infer<typeof errorBodySchema>;
