import type { IceServer, Logger } from '@voice-bridge/core';
import type { UpstreamOptions } from '../seam/session-commands.ts';
import type { AuthorizeOption } from './http/identity.ts';
import type { Limits } from './limits/limits.ts';
import type { ConversationStore } from './store/conversation-store.ts';
import type { Tool } from './tools/tool.ts';

/** The tools of a bridge by name. */
export type Tools = Readonly<Record<string, Tool>>;

/** Which model to dial and how, the same for every session. */
export type ModelSettings = Omit<UpstreamOptions, 'instructions' | 'tools' | 'greeting'>;

/** The options with every default filled in. */
export interface Settings {
  readonly model: ModelSettings;
  /** Texts that must never leave the process. */
  readonly secrets: readonly string[];
  readonly instructions: string;
  readonly greeting?: string | undefined;
  readonly tools: Tools;
  readonly authorize: AuthorizeOption;
  readonly production: boolean;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[] | undefined;
  readonly basePath: string;
  readonly iceServers: readonly IceServer[];
  readonly additionalHostAddresses: readonly string[] | undefined;
  readonly portRange: readonly [number, number] | undefined;
  /** From a participant's answer to its connection, in ms. */
  readonly connectTimeoutMs: number;
  /** Whether participants hear each other besides the assistant. */
  readonly hearEachOther: boolean;
  readonly limits: Limits;
  readonly store: ConversationStore;
  readonly logger: Logger;
}
