import { type IceServer, iceServerSchema, type Logger, silentLogger } from '@voice-bridge/core';
import * as z from 'zod';
import type { Authorize, AuthorizeOption } from './control-plane/http/identity.ts';
import type { Limits } from './control-plane/limits/limits.ts';
import type { Settings, Tools } from './control-plane/settings.ts';
import type { ConversationStore } from './control-plane/store/conversation-store.ts';
import { MemoryStore } from './control-plane/store/memory-store.ts';
import type { Tool } from './control-plane/tools/tool.ts';
import {
  type Environment,
  httpUrl,
  type ModelOptions,
  modelOptionsSchema,
  resolveModelOptions,
} from './model-options.ts';

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
  /** What the assistant is told to say first, once somebody hears it, such as `Greet the caller by name.`; default: it waits to be spoken to. */
  readonly greeting?: string | undefined;
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
  /** Whether participants hear each other besides the assistant; nobody ever hears themselves. Default false. */
  readonly hearEachOther?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Default: a {@link MemoryStore}. */
  readonly store?: ConversationStore | undefined;
  /** Default: says nothing. */
  readonly logger?: Logger | undefined;
}

/** In UTF-16 units; as long as an announcement. */
const MAX_GREETING_LENGTH = 2_000;

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
  opensPerMinute: count.default(60),
  joinsPerMinute: count.default(60),
  changesPerMinute: count.default(300),
  joinSeconds: z.number().positive().max(3_600).default(60),
  feeds: count.default(1_000),
  feedsPerConversation: count.default(64),
  followsPerMinute: count.default(300),
  webSockets: count.default(1_000),
  connectionsPerSubject: count.default(60),
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
  model: modelOptionsSchema.prefault({}),
  instructions: z.string().default(''),
  greeting: z.string().min(1).max(MAX_GREETING_LENGTH).optional(),
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
  hearEachOther: z.boolean().default(false),
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
  return {
    ...rest,
    ...resolveModelOptions(model, environment),
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

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isTool(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'prepare' in value && typeof value.prepare === 'function';
}
