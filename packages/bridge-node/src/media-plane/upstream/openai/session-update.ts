import { parseValue, VoiceBridgeError } from '@voice-bridge/core';
import { type RealtimeSessionConfig, type TurnDetection, turnDetectionSchema } from '@voice-bridge/core/openai';
import type { UpstreamOptions } from '../../../seam/session-commands.ts';
import type { ModelLeg } from './model-leg.ts';

const TRANSCRIPTION_MODEL = 'gpt-transcribe';

/** The `session` part of a new call: the model, which cannot be changed later. */
export function callSession(options: UpstreamOptions): RealtimeSessionConfig {
  return { type: 'realtime', model: options.model };
}

/** The `session` of our one `session.update`: spoken answers, turn detection, the words of both sides, the tools. Throws `model_rejected` for turn detection of no known shape. */
export function sessionConfig(options: UpstreamOptions, format: ModelLeg['audioFormat']): RealtimeSessionConfig {
  const coded = format === undefined ? {} : { format };
  return {
    type: 'realtime',
    instructions: options.instructions,
    output_modalities: ['audio'],
    audio: {
      input: {
        ...coded,
        turn_detection: turnDetection(options),
        transcription: { model: TRANSCRIPTION_MODEL },
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

function turnDetection(options: UpstreamOptions): TurnDetection {
  if (options.turnDetection === undefined) return { type: 'server_vad' };
  const parsed = parseValue(turnDetectionSchema, options.turnDetection);
  if (parsed.ok) return parsed.value;
  throw new VoiceBridgeError('model_rejected', `The turn detection is not one the model takes: ${parsed.problem}`);
}
