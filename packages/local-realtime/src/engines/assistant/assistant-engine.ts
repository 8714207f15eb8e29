/** A function tool as the session offers it. */
export interface AssistantTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: unknown;
}

/** One line of the conversation so far, oldest first. */
export type AssistantItem =
  | { readonly type: 'message'; readonly role: 'system' | 'user' | 'assistant'; readonly text: string }
  | { readonly type: 'function_call'; readonly callId: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'function_call_output'; readonly callId: string; readonly output: string };

/** Whether an answer may call tools (`auto`), must not (`none`), has to (`required`), or has to call this one. */
export type AssistantToolChoice =
  | { readonly name: 'auto' | 'none' | 'required' }
  | { readonly name: 'function'; readonly tool: string };

/** Everything one answer is made from. */
export interface AssistantRequest {
  readonly instructions: string;
  readonly items: readonly AssistantItem[];
  /** Those it may call: none when it must not call any. */
  readonly tools: readonly AssistantTool[];
  readonly toolChoice: AssistantToolChoice;
}

/** What an answer consists of, in order. A sentence may be spoken as soon as it comes. */
export type AssistantOutput =
  | { readonly type: 'sentence'; readonly text: string }
  | { readonly type: 'function_call'; readonly name: string; readonly arguments: string };

/** Decides what to say or which tool to call. */
export interface AssistantEngine {
  /** A name for people: `rules`, `scripted`. */
  readonly name: string;
  /** One response: sentences, or function calls. Ends early when the signal fires. */
  respond(request: AssistantRequest, signal: AbortSignal): AsyncIterable<AssistantOutput>;
  /** What can be said to it with these tools, as phrases for the recogniser and for people, in the notation of `phrases.ts`. */
  phrases(tools: readonly AssistantTool[]): readonly string[];
}
