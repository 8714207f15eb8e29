import { type IceServer, iceServerSchema, type Logger, silentLogger, VoiceBridgeError } from '@voice-bridge/core';
import * as z from 'zod';
import type { Authorize, AuthorizeOption } from './control-plane/http/identity.ts';
import type { Limits } from './control-plane/limits/limits.ts';
import type { Settings, Tools } from './control-plane/settings.ts';
import type { ConversationStore } from './control-plane/store/conversation-store.ts';
import { MemoryStore } from './control-plane/store/memory-store.ts';
import type { Tool } from './control-plane/tools/tool.ts';

/** Which speech model to dial. */
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
  /** How the model is reached: `webrtc` (default), or `websocket` where no UDP passes. */
  readonly transport?: 'webrtc' | 'websocket' | undefined;
  /** `turn_detection` as the provider takes it; default server VAD. */
  readonly turnDetection?: Readonly<Record<string, unknown>> | undefined;
  /** From dialling to a model that answers, in ms; default 15,000. */
  readonly connectTimeoutMs?: number | undefined;
}

/** How the server's own media connections are made. */
export interface MediaOptions {
  /** Addresses to offer besides the interfaces' own; default `127.0.0.1` on a loopback bind. */
  readonly additionalHostAddresses?: readonly string[] | undefined;
  /** UDP ports to use, both inclusive, two at least; default any. */
  readonly portRange?: readonly [number, number] | undefined;
}

/** Everything a bridge can be told. */
export interface VoiceBridgeOptions<Names extends Tools = Tools> {
  readonly model?: ModelOptions | undefined;
  /** System prompt of every session; a client's own `system_prompt` is added behind it. */
  readonly instructions?: string | undefined;
  /** The key is the tool's name: letters, digits, `_` and `-`, at most 64. */
  readonly tools?: Names | undefined;
  /** Who may connect. Default: this machine only, and nobody in production. */
  readonly authorize?: AuthorizeOption;
  /** Origins of pages that may talk to the bridge besides its own, such as `https://app.example`. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Host names the bridge answers to, with or without port. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Prefix of every path, such as `/voice`; default none. */
  readonly basePath?: string | undefined;
  /** Told to browsers and used by the bridge; default none. */
  readonly iceServers?: readonly IceServer[] | undefined;
  readonly media?: MediaOptions | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Default: a {@link MemoryStore}. */
  readonly store?: ConversationStore | undefined;
  /** Default: says nothing. */
  readonly logger?: Logger | undefined;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
/** What a server of one's own is sent when it was given no key: the header must not be empty. */
const NO_KEY = 'no-key';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' });
/** Credentials in a URL end up in messages. */
const modelUrl = httpUrl.refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', {
  error: 'expected a URL without user and password',
});
const port = z.int().min(1).max(65_535);
const minutes = z
  .number()
  .positive()
  .max(24 * 60);
const count = z.int().positive();

const limitsSchema = z.strictObject({
  sessions: count.default(100),
  sessionsPerSubject: count.default(10),
  participants: count.default(16),
  webSockets: count.default(1_000),
  bodyBytes: count.max(1_048_576).default(65_536),
  textLength: count.max(4_000).default(4_000),
  textsPerMinute: count.max(6_000).default(60),
  connectSeconds: z.number().positive().max(120).default(15),
  sessionMinutes: minutes.default(60),
  idleMinutes: minutes.default(10),
  toolSeconds: z.number().positive().max(3_600).default(30),
  historyLines: z.int().nonnegative().default(40),
  historyCharacters: z.int().nonnegative().default(8_000),
});

const optionsSchema = z.strictObject({
  model: z
    .strictObject({
      provider: z.literal('openai').default('openai'),
      apiKey: z.string().min(1).optional(),
      baseUrl: modelUrl.optional(),
      model: z.string().min(1).optional(),
      voice: z.string().min(1).default('marin'),
      transport: z.enum(['webrtc', 'websocket']).default('webrtc'),
      turnDetection: z.record(z.string(), z.unknown()).optional(),
      connectTimeoutMs: z.number().positive().max(120_000).default(15_000),
    })
    .prefault({}),
  instructions: z.string().default(''),
  tools: z
    .record(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/), z.custom<Tool>(isTool, 'expected tool({ … })'))
    .default({}),
  authorize: z.union([z.literal('open'), z.custom<Authorize>((value) => typeof value === 'function')]).optional(),
  allowedOrigins: z.array(httpUrl).default([]),
  allowedHosts: z.array(z.string().min(1)).optional(),
  basePath: z
    .string()
    .regex(/^(?:\/[A-Za-z0-9._~-]+)*$/, 'expected "" or "/path" without a slash at the end')
    .default(''),
  iceServers: z.array(iceServerSchema).default([]),
  media: z
    .strictObject({
      additionalHostAddresses: z.array(z.string()).optional(),
      portRange: z
        .tuple([port, port])
        .refine(([first, last]) => first < last, 'expected [lowest, highest], two at least')
        .readonly()
        .optional(),
    })
    .prefault({}),
  limits: limitsSchema.prefault({}),
  store: z.custom<ConversationStore>(isObject, 'expected a ConversationStore').optional(),
  logger: z.custom<Logger>(isObject, 'expected a Logger').optional(),
});

/**
 * Fills in every default; the environment stands in for what `model` leaves out.
 * Throws `TypeError` for options of the wrong shape and `missing_api_key` when there is neither key nor base URL.
 */
export function resolveOptions(options: VoiceBridgeOptions, environment: Environment): Settings {
  const result = optionsSchema.safeParse(options);
  if (!result.success) throw new TypeError(`createVoiceBridge: ${z.prettifyError(result.error)}`);
  const { model, media, tools, authorize, allowedHosts, store, logger, ...rest } = result.data;
  const apiKey = model.apiKey ?? given(environment.OPENAI_API_KEY);
  const baseUrl = model.baseUrl ?? given(environment.OPENAI_BASE_URL);
  if (apiKey === undefined && baseUrl === undefined) {
    throw new VoiceBridgeError('missing_api_key', 'There is no speech model to talk to: no key and no base URL', {
      hint: 'set OPENAI_API_KEY, or run npx @voice-bridge/local-realtime and set OPENAI_BASE_URL',
    });
  }
  if (baseUrl !== undefined && !modelUrl.safeParse(baseUrl).success) {
    throw new TypeError('createVoiceBridge: OPENAI_BASE_URL is not an http or https URL without user and password');
  }
  return {
    ...rest,
    model: {
      provider: model.provider,
      transport: model.transport,
      apiKey: apiKey ?? NO_KEY,
      baseUrl: (baseUrl ?? OPENAI_BASE_URL).replace(/\/+$/, ''),
      model: model.model ?? given(environment.OPENAI_MODEL) ?? 'gpt-realtime-2.1',
      voice: model.voice,
      turnDetection: model.turnDetection,
      connectTimeoutMs: model.connectTimeoutMs,
    },
    secrets: apiKey === undefined ? [] : [apiKey],
    tools,
    authorize,
    production: environment.NODE_ENV === 'production',
    allowedHosts,
    additionalHostAddresses: media.additionalHostAddresses,
    portRange: media.portRange,
    connectTimeoutMs: rest.limits.connectSeconds * 1_000,
    store: store ?? new MemoryStore(),
    logger: logger ?? silentLogger,
  };
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isTool(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'prepare' in value && typeof value.prepare === 'function';
}
