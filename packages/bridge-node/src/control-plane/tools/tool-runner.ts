import { type CancelTimer, type Clock, type ErrorCode, isVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import { LatestValue } from './latest-value.ts';
import type { Tool } from './tool.ts';
import { capOutput, errorOutput, MAX_PROGRESS_LENGTH, toJson } from './tool-output.ts';

/** One invocation the model asks for; `arguments` is its JSON text, unchecked. */
export interface ToolRequest {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/** How one call ended. */
export interface ToolOutcome extends ToolRequest {
  /** JSON text for the model. */
  readonly output: string;
  readonly failed: boolean;
  readonly durationMs: number;
}

/** What a {@link ToolRunner} needs of the session it serves. */
export interface ToolRunnerOptions {
  readonly tools: Readonly<Record<string, Tool>>;
  readonly conversationId: string;
  readonly participantId: () => string | undefined;
  readonly clock: Clock;
  /** From the call to a result, in ms, for tools that name no time of their own. */
  readonly timeoutMs: number;
  /** Takes secrets out of a text that leaves the process. */
  readonly redact: (text: string) => string;
  /** A new call, before it runs. */
  readonly onStart: (request: ToolRequest) => void;
  /** Called exactly once per call id, unless the session closes first. */
  readonly onOutcome: (outcome: ToolOutcome) => void;
  readonly onProgress: (callId: string, progress: unknown) => void;
  readonly onAnnounce: (text: string) => void;
}

interface RunningCall {
  readonly request: ToolRequest;
  readonly startedAt: number;
  readonly abort: AbortController;
  readonly cancelDeadline: CancelTimer;
  readonly progress: LatestValue<unknown>;
}

const MAX_ANNOUNCEMENT_LENGTH = 2_000;
/** Ten times a second is as often as anybody can look at it. */
const PROGRESS_EVERY_MS = 100;

/** Runs the tools of one session: checked arguments, a deadline, one outcome per call id, whatever a tool does. */
export class ToolRunner {
  readonly #options: ToolRunnerOptions;
  readonly #seen = new Set<string>();
  readonly #running = new Map<string, RunningCall>();
  #closed = false;

  constructor(options: ToolRunnerOptions) {
    this.#options = options;
  }

  /** Calls without a result so far, oldest first. */
  get running(): readonly ToolRequest[] {
    return [...this.#running.values()].map((call) => call.request);
  }

  /** Starts a call; a call id that was seen before does nothing. */
  start(request: ToolRequest): void {
    if (this.#closed || this.#seen.has(request.callId)) return;
    this.#seen.add(request.callId);
    const { clock, timeoutMs, tools, onProgress } = this.#options;
    const tool = Object.hasOwn(tools, request.name) ? tools[request.name] : undefined;
    const limitMs = tool?.timeoutMs ?? timeoutMs;
    const call: RunningCall = {
      request,
      startedAt: clock.now(),
      abort: new AbortController(),
      cancelDeadline: clock.after(limitMs, () => this.#expire(request.callId, limitMs)),
      progress: new LatestValue({
        clock,
        everyMs: PROGRESS_EVERY_MS,
        deliver: (value) => onProgress(request.callId, value),
      }),
    };
    this.#running.set(request.callId, call);
    this.#options.onStart(request);
    void this.#run(tool, call);
  }

  /** Aborts every running call; their results are dropped. Idempotent and final. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#running.values()) {
      call.cancelDeadline();
      call.progress.cancel();
      call.abort.abort(new VoiceBridgeError('tool_aborted', 'The session closed while the tool ran'));
    }
    this.#running.clear();
  }

  async #run(tool: Tool | undefined, call: RunningCall): Promise<void> {
    const { callId, name } = call.request;
    if (tool === undefined) return this.#fail(callId, 'tool_unknown', `There is no tool named ${name.slice(0, 64)}`);
    const input = parseArguments(call.request.arguments);
    if (input === undefined) return this.#fail(callId, 'tool_invalid_arguments', 'The arguments are not a JSON object');
    try {
      const prepared = await tool.prepare(input);
      if (!prepared.ok) return this.#fail(callId, 'tool_invalid_arguments', prepared.problem);
      if (call.abort.signal.aborted) return;
      const json = toJson(await prepared.value(this.#contextOf(call)));
      if (json === undefined) return this.#fail(callId, 'tool_failed', 'The tool gave something JSON cannot say');
      this.#finish(callId, json, false);
    } catch (error) {
      this.#fail(callId, isVoiceBridgeError(error) ? error.code : 'tool_failed', messageOf(error));
    }
  }

  #contextOf(call: RunningCall) {
    const { callId } = call.request;
    const { conversationId, participantId } = this.#options;
    return {
      signal: call.abort.signal,
      conversationId,
      participantId: participantId(),
      callId,
      progress: (value: unknown) => this.#progress(callId, value),
      announce: (text: string) => this.#announce(text),
    };
  }

  #progress(callId: string, value: unknown): void {
    const call = this.#running.get(callId);
    if (call === undefined) return;
    const json = toJson(value);
    if (json === undefined || json.length > MAX_PROGRESS_LENGTH) return;
    const shown = readJson(this.#options.redact(json));
    if (shown !== undefined) call.progress.offer(shown.value);
  }

  #announce(text: string): void {
    if (this.#closed || text.trim() === '') return;
    this.#options.onAnnounce(this.#options.redact(text).slice(0, MAX_ANNOUNCEMENT_LENGTH));
  }

  #expire(callId: string, limitMs: number): void {
    const message = `The tool gave no result within ${limitMs / 1000} s`;
    const call = this.#running.get(callId);
    this.#fail(callId, 'tool_timeout', message);
    call?.abort.abort(new VoiceBridgeError('tool_timeout', message));
  }

  #fail(callId: string, code: ErrorCode, message: string): void {
    this.#finish(callId, errorOutput(code, this.#options.redact(message)), true);
  }

  /** The first outcome wins; whatever a tool does after it goes nowhere. */
  #finish(callId: string, json: string, failed: boolean): void {
    const call = this.#running.get(callId);
    if (call === undefined) return;
    call.progress.finish();
    this.#running.delete(callId);
    call.cancelDeadline();
    const { clock, redact, onOutcome } = this.#options;
    const output = capOutput(redact(json));
    onOutcome({ ...call.request, output, failed, durationMs: clock.now() - call.startedAt });
  }
}

function parseArguments(text: string): object | undefined {
  // A model with nothing to say sends an empty string for a tool without arguments.
  const value = readJson(text.trim() === '' ? '{}' : text)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  const message: unknown = error instanceof Error ? error.message : error;
  return typeof message === 'string' && message !== '' ? message : 'The tool failed';
}
