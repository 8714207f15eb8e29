import { VoiceBridgeError } from '@voice-bridge/core';
import {
  type NoiseReduction,
  noiseReductionSchema,
  type Transcription,
  type TurnDetection,
  transcriptionSchema,
  turnDetectionSchema,
} from '@voice-bridge/core/openai';
import * as z from 'zod';
import type { ModelSettings } from './control-plane/settings.ts';

/** Which speech model to dial, and how it listens. */
export interface ModelOptions {
  /** Default and only provider: `openai`, or whatever speaks its Realtime protocol. */
  readonly provider?: 'openai';
  /** Default: `OPENAI_API_KEY`. May be left out when there is a base URL. */
  readonly apiKey?: string | undefined;
  /** Up to and with `/v1`. Default: `OPENAI_BASE_URL`, else OpenAI's. */
  readonly baseUrl?: string | undefined;
  /** Default: `OPENAI_MODEL`, else `gpt-realtime-2.1`. */
  readonly model?: string | undefined;
  /** Default `marin`. A client may ask for another. */
  readonly voice?: string | undefined;
  /** How the model is reached: `webrtc`, or `websocket` where no UDP passes. Default: `OPENAI_TRANSPORT`, else `webrtc`. */
  readonly transport?: 'webrtc' | 'websocket' | undefined;
  /** Who finds the end of a turn: `server_vad` (default) or `semantic_vad` as the provider takes them; null: clients tell it (push-to-talk). */
  readonly turnDetection?: Readonly<TurnDetection> | null | undefined;
  /** How the users' words are written down, as the provider takes it; default `gpt-transcribe`; null: not at all. */
  readonly transcription?: Readonly<Transcription> | null | undefined;
  /** `near_field` or `far_field`, as the provider takes it; default none. */
  readonly noiseReduction?: Readonly<NoiseReduction> | null | undefined;
  /** From dialling to a model that answers, in ms; default 15,000. */
  readonly connectTimeoutMs?: number | undefined;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An `http:` or `https:` URL. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' });

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
/** What a server of one's own is sent when it was given no key: the header must not be empty. */
const NO_KEY = 'no-key';

const TRANSPORTS = ['webrtc', 'websocket'] as const;

/** Credentials in a URL end up in messages. */
const modelUrl = httpUrl.refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
  error: 'expected a URL without user and password',
});

/** The shape of {@link ModelOptions}, with every default that the environment has no part in. */
export const modelOptionsSchema = z.strictObject({
  provider: z.literal('openai').default('openai'),
  apiKey: z.string().min(1).optional(),
  baseUrl: modelUrl.optional(),
  model: z.string().min(1).optional(),
  voice: z.string().min(1).default('marin'),
  transport: z.enum(TRANSPORTS).optional(),
  turnDetection: z.nullable(turnDetectionSchema).optional(),
  transcription: z.nullable(transcriptionSchema).optional(),
  noiseReduction: z.nullable(noiseReductionSchema).optional(),
  connectTimeoutMs: z.number().positive().max(120_000).default(15_000),
});

/** The model's settings, and the key in them if one was given. Throws `TypeError` for a bad URL or transport, and `missing_api_key` when there is neither key nor base URL. */
export function resolveModelOptions(
  options: z.output<typeof modelOptionsSchema>,
  environment: Environment,
): { readonly model: ModelSettings; readonly secrets: readonly string[] } {
  const { turnDetection, transcription, noiseReduction, ...rest } = options;
  const apiKey = options.apiKey ?? given(environment.OPENAI_API_KEY);
  const baseUrl = options.baseUrl ?? given(environment.OPENAI_BASE_URL);
  if (apiKey === undefined && baseUrl === undefined) {
    throw new VoiceBridgeError('missing_api_key', 'There is no speech model to talk to: no key and no base URL', {
      hint: 'set OPENAI_API_KEY, or run npx @voice-bridge/local-realtime and set OPENAI_BASE_URL',
    });
  }
  if (baseUrl !== undefined && !modelUrl.safeParse(baseUrl).success) {
    throw new TypeError('createVoiceBridge: OPENAI_BASE_URL is not an http or https URL without user and password');
  }
  const transport = z.enum(TRANSPORTS).safeParse(options.transport ?? given(environment.OPENAI_TRANSPORT) ?? 'webrtc');
  if (!transport.success) throw new TypeError('createVoiceBridge: OPENAI_TRANSPORT can only be webrtc or websocket');
  return {
    model: {
      ...rest,
      transport: transport.data,
      ...(turnDetection === undefined ? {} : { turnDetection }),
      ...(transcription === undefined ? {} : { transcription }),
      ...(noiseReduction === undefined ? {} : { noiseReduction }),
      apiKey: apiKey ?? NO_KEY,
      baseUrl: (baseUrl ?? OPENAI_BASE_URL).replace(/\/+$/, ''),
      model: options.model ?? given(environment.OPENAI_MODEL) ?? 'gpt-realtime-2.1',
    },
    secrets: apiKey === undefined ? [] : [apiKey],
  };
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
