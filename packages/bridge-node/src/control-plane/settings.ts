import type { IceServer, Logger } from '@voice-bridge/core';
import type { AuthorizeOption } from './http/identity.ts';
import type { Limits } from './limits/limits.ts';
import type { ConversationStore } from './store/conversation-store.ts';
import type { Tool } from './tools/tool.ts';

/** The tools of a bridge by name. */
export type Tools = Readonly<Record<string, Tool>>;

/** The options with every default filled in. */
export interface Settings {
  readonly model: {
    readonly provider: 'openai';
    readonly transport: 'webrtc' | 'websocket';
    readonly apiKey: string;
    readonly baseUrl: string;
    readonly model: string;
    readonly voice: string;
    readonly turnDetection: Record<string, unknown> | undefined;
    readonly connectTimeoutMs: number;
  };
  /** Texts that must never leave the process. */
  readonly secrets: readonly string[];
  readonly instructions: string;
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
  readonly limits: Limits;
  readonly store: ConversationStore;
  readonly logger: Logger;
}
