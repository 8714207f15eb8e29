import * as z from 'zod/mini';
import { idText, longText, nameText } from './limits.ts';

const MAX_TOOLS = 128;
const MAX_MILLISECONDS = 60_000;

const milliseconds = z.int().check(z.minimum(0), z.maximum(MAX_MILLISECONDS));
const shortText = z.string().check(z.maxLength(1_024));
const modelName = z.string().check(z.minLength(1), z.maxLength(128));
const labels = z.array(nameText).check(z.maxLength(MAX_TOOLS));

/** How audio is coded on a WebSocket; over WebRTC the codec is negotiated. */
export const audioFormatSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audio/pcm'), rate: z.optional(z.literal(24_000)) }),
  z.strictObject({ type: z.literal('audio/pcmu') }),
  z.strictObject({ type: z.literal('audio/pcma') }),
]);

/** Who decides that the user's turn is over; null in a session means the client does. */
export const turnDetectionSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('server_vad'),
    /** 0 to 1; default 0.5. */
    threshold: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
    /** Default 300. */
    prefix_padding_ms: z.optional(milliseconds),
    /** Default 500. */
    silence_duration_ms: z.optional(milliseconds),
    /** When nobody speaks for so long after an answer, the assistant does; 5,000 to 30,000. */
    idle_timeout_ms: z.optional(z.nullable(z.int().check(z.minimum(5_000), z.maximum(30_000)))),
    create_response: z.optional(z.boolean()),
    interrupt_response: z.optional(z.boolean()),
  }),
  z.strictObject({
    type: z.literal('semantic_vad'),
    eagerness: z.optional(z.enum(['low', 'medium', 'high', 'auto'])),
    create_response: z.optional(z.boolean()),
    interrupt_response: z.optional(z.boolean()),
  }),
]);
/** One value of {@link turnDetectionSchema}. */
export type TurnDetection = z.infer<typeof turnDetectionSchema>;

/** How the users' words are written down; null in a session means not at all. */
export const transcriptionSchema = z.strictObject({
  model: z.optional(modelName),
  language: z.optional(shortText),
  languages: z.optional(z.array(shortText).check(z.maxLength(32))),
  prompt: z.optional(longText),
  keywords: z.optional(z.array(shortText).check(z.maxLength(1_000))),
  delay: z.optional(z.enum(['minimal', 'low', 'medium', 'high', 'xhigh'])),
});

/** One value of {@link transcriptionSchema}. */
export type Transcription = z.infer<typeof transcriptionSchema>;

/** What takes noise out of the users' audio before the model hears it. */
export const noiseReductionSchema = z.strictObject({
  type: z.optional(z.enum(['near_field', 'far_field'])),
  strength: z.optional(z.number()),
});
/** One value of {@link noiseReductionSchema}. */
export type NoiseReduction = z.infer<typeof noiseReductionSchema>;

const audioInput = z.strictObject({
  format: z.optional(audioFormatSchema),
  noise_reduction: z.optional(z.nullable(noiseReductionSchema)),
  transcription: z.optional(z.nullable(transcriptionSchema)),
  turn_detection: z.optional(z.nullable(turnDetectionSchema)),
});

const voice = z.union([nameText, z.strictObject({ id: idText })]);

const functionTool = z.strictObject({
  type: z.literal('function'),
  name: nameText,
  description: z.optional(longText),
  /** JSON Schema of the arguments. */
  parameters: z.optional(z.unknown()),
});
/** A function tool as a session offers it. */
export type FunctionTool = z.infer<typeof functionTool>;

const toolFilter = z.strictObject({ read_only: z.optional(z.boolean()), tool_names: z.optional(labels) });
const mcpTool = z.strictObject({
  type: z.literal('mcp'),
  server_label: nameText,
  server_url: z.optional(shortText),
  connector_id: z.optional(nameText),
  authorization: z.optional(longText),
  headers: z.optional(z.nullable(z.record(shortText, longText))),
  allowed_tools: z.optional(z.nullable(z.union([labels, toolFilter]))),
  allowed_callers: z.optional(z.nullable(z.array(z.enum(['direct', 'programmatic'])))),
  require_approval: z.optional(
    z.nullable(
      z.union([
        z.enum(['always', 'never']),
        z.strictObject({ always: z.optional(toolFilter), never: z.optional(toolFilter) }),
      ]),
    ),
  ),
  server_description: z.optional(longText),
  defer_loading: z.optional(z.boolean()),
  tunnel_id: z.optional(idText),
});

/** Fields that a session and a single response share. */
export const generationFields = {
  instructions: z.optional(longText),
  /** `['audio']` or `['text']`, never both. */
  output_modalities: z.optional(z.array(z.enum(['audio', 'text'])).check(z.length(1))),
  tools: z.optional(z.array(z.discriminatedUnion('type', [functionTool, mcpTool])).check(z.maxLength(MAX_TOOLS))),
  tool_choice: z.optional(
    z.union([
      z.enum(['none', 'auto', 'required']),
      z.strictObject({ type: z.literal('function'), name: nameText }),
      z.strictObject({ type: z.literal('mcp'), server_label: nameText, name: z.optional(z.nullable(nameText)) }),
    ]),
  ),
  parallel_tool_calls: z.optional(z.boolean()),
  reasoning: z.optional(z.strictObject({ effort: z.optional(z.enum(['minimal', 'low', 'medium', 'high', 'xhigh'])) })),
  max_output_tokens: z.optional(z.union([z.int().check(z.minimum(1), z.maximum(4_096)), z.literal('inf')])),
  prompt: z.optional(
    z.nullable(
      z.strictObject({
        id: idText,
        version: z.optional(z.nullable(shortText)),
        variables: z.optional(z.nullable(z.record(shortText, z.unknown()))),
      }),
    ),
  ),
};

const include = z.array(z.literal('item.input_audio_transcription.logprobs'));

const realtimeFields = {
  ...generationFields,
  type: z.literal('realtime'),
  model: z.optional(modelName),
  audio: z.optional(
    z.strictObject({
      input: z.optional(audioInput),
      output: z.optional(
        z.strictObject({
          format: z.optional(audioFormatSchema),
          voice: z.optional(voice),
          /** 0.25 to 1.5. */
          speed: z.optional(z.number().check(z.minimum(0.25), z.maximum(1.5))),
        }),
      ),
    }),
  ),
  truncation: z.optional(
    z.union([
      z.enum(['auto', 'disabled']),
      z.strictObject({
        type: z.literal('retention_ratio'),
        retention_ratio: z.number().check(z.minimum(0), z.maximum(1)),
        token_limits: z.optional(z.strictObject({ post_instructions: z.optional(z.int()) })),
      }),
    ]),
  ),
  tracing: z.optional(
    z.nullable(
      z.union([
        z.literal('auto'),
        z.strictObject({
          workflow_name: z.optional(shortText),
          group_id: z.optional(shortText),
          metadata: z.optional(z.unknown()),
        }),
      ]),
    ),
  ),
  include: z.optional(z.nullable(include)),
};

/** A conversation's settings as a client sends them: only the fields present change. Unknown fields are refused, as OpenAI does. */
export const realtimeSessionConfigSchema = z.strictObject(realtimeFields);
/** The shape of {@link realtimeSessionConfigSchema}. */
export type RealtimeSessionConfig = z.infer<typeof realtimeSessionConfigSchema>;

/** A session that only transcribes. */
export const transcriptionSessionConfigSchema = z.strictObject({
  type: z.literal('transcription'),
  audio: z.optional(z.strictObject({ input: z.optional(audioInput) })),
  include: z.optional(z.nullable(include)),
});

/** What `session.update`, `calls` and `client_secrets` take. */
export const sessionConfigSchema = z.discriminatedUnion('type', [
  realtimeSessionConfigSchema,
  transcriptionSessionConfigSchema,
]);
/** One value of {@link sessionConfigSchema}. */
export type SessionConfig = z.infer<typeof sessionConfigSchema>;

/** A session as a server describes it in `session.created` and `session.updated`: the whole effective settings. */
export type RealtimeSession = RealtimeSessionConfig & {
  readonly id: string;
  readonly object: 'realtime.session';
  /** Seconds since 1970. */
  readonly expires_at?: number;
};
