import type { ErrorCode } from '@voice-bridge/core';
import type * as z from 'zod/mini';

/** A body as it is documented. */
export interface BodyDescription {
  readonly type: 'application/json' | 'application/sdp' | 'text/event-stream';
  /** What JSON must be, or each event of a stream; SDP has none. */
  readonly schema?: z.ZodMiniType;
  readonly example: unknown;
}

/** One parameter of a query. */
export interface QueryDescription {
  readonly name: string;
  readonly description: string;
  readonly type: 'string' | 'integer';
}

/** One endpoint as it is documented, and as the router is built from it. */
export interface RouteDescription {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:names`, without the base path. */
  readonly path: string;
  readonly summary: string;
  readonly query?: readonly QueryDescription[];
  readonly request?: BodyDescription & { readonly optional?: boolean };
  /** Left out: 204, without a body. */
  readonly response?: BodyDescription;
  /** Whether the answer is 201 instead of 200. */
  readonly created?: boolean;
  /** What it can fail with besides what every endpoint can. */
  readonly errors: readonly ErrorCode[];
}

/** A body of JSON. */
export function json(schema: z.ZodMiniType, example: unknown): BodyDescription {
  return { type: 'application/json', schema, example };
}

/** What joining a session can fail with. */
export const JOINING = [
  'invalid_offer',
  'too_many_participants',
  'session_closed',
  'session_idle',
  'session_expired',
  'rate_limited',
  'aborted',
  'model_closed',
  'connection_lost',
  'ice_failed',
  'dtls_failed',
  'shutting_down',
  'connect_timeout',
] as const satisfies readonly ErrorCode[];

/** What opening a session can fail with. */
export const OPENING = [
  'conversation_taken',
  'session_replaced',
  'session_closed',
  'too_many_sessions',
  'rate_limited',
  'aborted',
  'model_unreachable',
  'model_rejected',
  'model_closed',
  'model_error',
  'model_rate_limited',
  'shutting_down',
  'connect_timeout',
] as const satisfies readonly ErrorCode[];
