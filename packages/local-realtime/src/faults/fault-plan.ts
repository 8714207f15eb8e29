import { decodeJson, type Parsed, parseValue } from '@voice-bridge/core';
import * as z from 'zod/mini';

const MAX_PLAN_LENGTH = 100_000;
const MAX_MS = 24 * 60 * 60 * 1_000;

const ms = z.int().check(z.minimum(0), z.maximum(MAX_MS));
const times = z.int().check(z.minimum(1), z.maximum(1_000_000));
const eventTypes = z.array(z.string());

const connectSchema = z
  .strictObject({
    status: z.optional(z.int().check(z.minimum(400), z.maximum(599))),
    code: z.optional(z.string().check(z.minLength(1), z.maxLength(100))),
    delayMs: z.optional(ms),
    times: z.optional(times),
  })
  .check(z.refine(({ status, code }) => status !== undefined || code === undefined, 'a code needs a status'));
const breakSchema = z.strictObject({ afterMs: ms, times: z.optional(times) });

const faultPlanSchema = z.strictObject({
  connect: z.optional(connectSchema),
  drop: z.optional(breakSchema),
  stall: z.optional(breakSchema),
  expireAfterMs: z.optional(ms),
  toolTurnDelayMs: z.optional(ms),
  endAnswer: z.optional(
    z.strictObject({ as: z.enum(['content_filter', 'insufficient_quota']), times: z.optional(times) }),
  ),
  repeatAnswer: z.optional(z.strictObject({ times: z.optional(times) })),
  insert: z.optional(z.strictObject({ before: z.string(), event: z.string().check(z.maxLength(10_000)) })),
  loseEvents: z.optional(eventTypes),
  repeatEvents: z.optional(eventTypes),
  audioGaps: z.optional(z.strictObject({ everyMs: ms.check(z.minimum(20)), lengthMs: ms })),
  clockOffsetMs: z.optional(z.int().check(z.minimum(-365 * MAX_MS), z.maximum(365 * MAX_MS))),
});

/** A fault that breaks a call in the middle of an answer. */
export interface BreakFault {
  /** How much of one answer is heard before, in ms. */
  readonly afterMs: number;
  /** How often it happens; default once. */
  readonly times?: number | undefined;
}

/** What goes wrong, and when. Everything that is not named goes right. Events are named by their types (`response.done`). */
export interface FaultPlan {
  /**
   * When a call, a WebSocket session or a sideband is opened: a refusal with this status, or just a wait; `times` often, default always.
   * The error's code is OpenAI's for the status unless `code` says otherwise: 429 is `rate_limit_exceeded` or `insufficient_quota`.
   */
  readonly connect?:
    | {
        readonly status?: number | undefined;
        readonly code?: string | undefined;
        readonly delayMs?: number | undefined;
        readonly times?: number | undefined;
      }
    | undefined;
  /** The connection ends in the middle of an answer. */
  readonly drop?: BreakFault | undefined;
  /** The connection stays, and nothing comes over it any more, in the middle of an answer. */
  readonly stall?: BreakFault | undefined;
  /** Sessions opened from now on expire after so long. */
  readonly expireAfterMs?: number | undefined;
  /** Each tool call, and each answer to a tool's result, comes so much later. */
  readonly toolTurnDelayMs?: number | undefined;
  /**
   * An answer ends before its time, once or `times` often: as `content_filter` it is incomplete behind its first sentence or tool call, as
   * `insufficient_quota` it fails before anything is said.
   */
  readonly endAnswer?:
    | { readonly as: 'content_filter' | 'insufficient_quota'; readonly times?: number | undefined }
    | undefined;
  /** A completed answer of the conversation is given once more, as a second response with ids of its own; once, or `times` often. */
  readonly repeatAnswer?: { readonly times?: number | undefined } | undefined;
  /** Sent in front of every event of the type `before`: `malformed` (no JSON), `unknown` (a type nobody knows), `incomplete` (a type without its fields), or this very text. */
  readonly insert?: { readonly before: string; readonly event: string } | undefined;
  /** Events of these types are never sent. */
  readonly loseEvents?: readonly string[] | undefined;
  /** Events of these types are sent twice, as they are: `response.function_call_arguments.done`, `response.done`. */
  readonly repeatEvents?: readonly string[] | undefined;
  /** In every `everyMs` of the assistant's audio the last `lengthMs` are not sent. */
  readonly audioGaps?: { readonly everyMs: number; readonly lengthMs: number } | undefined;
  /** The server's calendar is wrong by so much: the `Date` header, when keys and sessions expire. */
  readonly clockOffsetMs?: number | undefined;
}

/** Reads a plan from JSON. */
export function parseFaultPlan(text: string): Parsed<FaultPlan> {
  const decoded = decodeJson(text, MAX_PLAN_LENGTH);
  return decoded.ok ? checkFaultPlan(decoded.value) : decoded;
}

/** Checks a plan that was given as an object. */
export function checkFaultPlan(plan: unknown): Parsed<FaultPlan> {
  return parseValue(faultPlanSchema, plan);
}
