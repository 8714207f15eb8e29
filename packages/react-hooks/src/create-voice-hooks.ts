import type { ToolCall } from '@voice-bridge/browser-client';
import { useMemo } from 'react';
import { useToolCalls } from './use-tool-calls.ts';

/** What {@link createVoiceHooks} reads of a server's `typeof bridge`: the input and output of each tool. */
export interface TypedBridge {
  readonly types?: { readonly tools: Readonly<Record<string, TypedTool>> };
}

/** One tool as far as its types go. */
export interface TypedTool {
  readonly types?: { readonly input: unknown; readonly output: unknown };
}

/** What a value becomes on its way over the wire as JSON. */
export type Json<T> = T extends { toJSON(): infer Told }
  ? Json<Told>
  : T extends (...args: never) => unknown
    ? never
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T extends undefined
        ? null
        : T;

/** One tool call of a bridge, told apart by `name` and `state`. Only the input of a call that is done was checked by the server. */
export type TypedToolCall<Bridge extends TypedBridge> = {
  [Name in keyof ToolsOf<Bridge> & string]: TypedCall<Name, ToolsOf<Bridge>[Name]>;
}[keyof ToolsOf<Bridge> & string];

/** The hooks whose results depend on the server's tools. */
export interface VoiceHooks<Bridge extends TypedBridge> {
  /** The session's tool calls, oldest first, with their input and output read from JSON. */
  useToolCalls(): readonly TypedToolCall<Bridge>[];
}

type ToolsOf<Bridge extends TypedBridge> = NonNullable<Bridge['types']>['tools'];
type TypesOf<Tool extends TypedTool> = NonNullable<Tool['types']>;

type TypedCall<Name extends string, Tool extends TypedTool> = {
  readonly callId: string;
  readonly name: Name;
  readonly progress: unknown;
} & (
  | { readonly state: 'running' | 'failed'; readonly input: unknown; readonly output: undefined }
  | {
      readonly state: 'done';
      readonly input: Json<TypesOf<Tool>['input']>;
      /** Undefined when it is longer than what clients are shown. */
      readonly output: Json<TypesOf<Tool>['output']> | undefined;
    }
);

/** Hooks that know the server's tools: `createVoiceHooks<typeof bridge>()` with a type-only import of the server's file. */
export function createVoiceHooks<Bridge extends TypedBridge>(): VoiceHooks<Bridge>;
export function createVoiceHooks(): object {
  return { useToolCalls: useReadToolCalls };
}

function useReadToolCalls() {
  const calls = useToolCalls();
  return useMemo(() => calls.map(readToolCall), [calls]);
}

function readToolCall({ callId, name, state, progress, arguments: input, result }: ToolCall) {
  const output = state === 'done' && result !== undefined ? readJson(result) : undefined;
  return { callId, name, state, progress, input: readJson(input), output };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
