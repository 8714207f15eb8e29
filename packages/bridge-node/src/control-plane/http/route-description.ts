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
