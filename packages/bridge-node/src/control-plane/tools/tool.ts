import { type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';
import * as z from 'zod';

/** What a tool may use while it runs. */
export interface ToolContext {
  /** Fires when the deadline passes or the session closes; the reason is a `VoiceBridgeError`. */
  readonly signal: AbortSignal;
  /** Shows the users how far the tool is: any JSON value of at most 8,000 characters, shown at most ten times a second, the
   * latest always. Ignored once the run has ended. */
  readonly progress: (value: unknown) => void;
  readonly conversationId: string;
  /** Who is being served; undefined when several participants share the session. */
  readonly participantId: string | undefined;
  readonly callId: string;
  /** Lets the assistant say something by itself, also after the run has ended, as long as the session lives. */
  readonly announce: (text: string) => void;
}

/** One checked call, ready to run. */
export type PreparedCall<Output> = (context: ToolContext) => Output | Promise<Output>;

/** A function the assistant may call. Made by {@link tool}. */
export interface Tool<Input = unknown, Output = unknown> {
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>;
  /** From the call to a result, in ms; undefined: the bridge's default. */
  readonly timeoutMs: number | undefined;
  /** Checks arguments and gives the call to run; the problem names the field, never the value. */
  prepare(input: unknown): Promise<Parsed<PreparedCall<Output>>>;
  /** Types only; never set. */
  readonly types?: { readonly input: Input; readonly output: Output };
}

/** What {@link tool} is given. */
export interface ToolOptions<Schema extends z.core.$ZodType, Output> {
  /** Told to the model: what it does and when to use it. */
  readonly description: string;
  /** A zod object; its JSON Schema is told to the model and every call is checked against it. */
  readonly input: Schema;
  /** From the call to a result, in ms; default 30,000, at most 3,600,000. */
  readonly timeoutMs?: number;
  /** Runs one call in the bridge's process. What it gives becomes the result, as JSON; what it throws, a result that says so. */
  readonly run: (input: z.output<Schema>, context: ToolContext) => Output | Promise<Output>;
}

const MAX_TIMEOUT_MS = 3_600_000;

/** Declares a tool. Throws `TypeError` when `input` is not an object schema or has no JSON Schema. */
export function tool<Schema extends z.core.$ZodType, Output>(
  options: ToolOptions<Schema, Output>,
): Tool<z.output<Schema>, Output> {
  const { description, input, timeoutMs, run } = options;
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new TypeError(`A tool's timeoutMs must be above 0 and at most ${MAX_TIMEOUT_MS}`);
  }
  return {
    description,
    parameters: jsonSchemaOf(input),
    timeoutMs,
    async prepare(value) {
      const result = await z.core.safeParseAsync(input, value);
      if (!result.success) return parsedProblem(describe(result.error.issues));
      const data = result.data;
      return parsedOk((context: ToolContext) => run(data, context));
    },
  };
}

function jsonSchemaOf(input: z.core.$ZodType): Record<string, unknown> {
  let schema: Record<string, unknown>;
  try {
    const { $schema: _dialect, ...rest } = z.toJSONSchema(input, { io: 'input' });
    schema = rest;
  } catch (cause) {
    throw new TypeError("A tool's input must be expressible as JSON Schema", { cause });
  }
  if (schema.type !== 'object') throw new TypeError("A tool's input must be a zod object: z.object({ … })");
  return schema;
}

function describe(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .slice(0, 3)
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.map(String).join('.')}: ${issue.message}`))
    .join('; ')
    .slice(0, 500);
}
