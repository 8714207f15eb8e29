import { parseValue, VoiceBridgeError } from '@voice-bridge/core';
import {
  noiseReductionSchema,
  type RealtimeSessionConfig,
  transcriptionSchema,
  turnDetectionSchema,
} from '@voice-bridge/core/openai';
import type * as z from 'zod/mini';
import type { UpstreamOptions } from '../../../seam/session-commands.ts';
import type { ModelLeg } from './model-leg.ts';

const TRANSCRIPTION_MODEL = 'gpt-transcribe';

/** The `session` part of a new call: the model, which cannot be changed later. */
export function callSession(options: UpstreamOptions): RealtimeSessionConfig {
  return { type: 'realtime', model: options.model };
}

/** The `session` of our one `session.update`: spoken answers, turn detection, the words of both sides, the tools. Throws `model_rejected` for settings of no known shape. */
export function sessionConfig(options: UpstreamOptions, format: ModelLeg['audioFormat']): RealtimeSessionConfig {
  const coded = format === undefined ? {} : { format };
  return {
    type: 'realtime',
    instructions: options.instructions,
    output_modalities: ['audio'],
    audio: {
      input: {
        ...coded,
        turn_detection: parsedOr(turnDetectionSchema, options.turnDetection, { type: 'server_vad' }, 'turn detection'),
        transcription: parsedOr(
          transcriptionSchema,
          options.transcription,
          { model: TRANSCRIPTION_MODEL },
          'transcription',
        ),
        ...(options.noiseReduction === undefined
          ? {}
          : { noise_reduction: parsedOr(noiseReductionSchema, options.noiseReduction, null, 'noise reduction') }),
      },
      output: { ...coded, voice: options.voice },
    },
    tools: options.tools.map((tool) => ({
      type: 'function' as const,
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters,
    })),
  };
}

/** Settings that go to the model as the application wrote them; null switches off. */
function parsedOr<Value>(
  schema: z.ZodMiniType<Value>,
  given: Readonly<Record<string, unknown>> | null | undefined,
  standard: Value | null,
  what: string,
): Value | null {
  if (given === undefined) return standard;
  if (given === null) return null;
  const parsed = parseValue(schema, given);
  if (parsed.ok) return parsed.value;
  throw new VoiceBridgeError('model_rejected', `The ${what} is not one the model takes: ${parsed.problem}`);
}
