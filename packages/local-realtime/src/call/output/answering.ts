import type { AssistantEngine, AssistantOutput, AssistantRequest } from '../../engines/assistant/assistant-engine.ts';
import type { TtsEngine, TtsRequest } from '../../engines/tts/tts-engine.ts';

/** Where an answer goes, piece by piece. Nothing is told of a response that was stopped. */
export interface AnsweringSinks {
  readonly onSaid: (responseId: string, output: AssistantOutput) => void;
  readonly onFinished: (responseId: string) => void;
  readonly onMade: (responseId: string, pcm: Int16Array) => void;
  readonly onFailed: (responseId: string, error: unknown) => void;
}

/** Runs the assistant and the voice for one response at a time. */
export class Answering {
  readonly #assistant: AssistantEngine;
  readonly #tts: TtsEngine;
  readonly #sinks: AnsweringSinks;
  #current: { readonly responseId: string; readonly controller: AbortController } | undefined;

  constructor(assistant: AssistantEngine, tts: TtsEngine, sinks: AnsweringSinks) {
    this.#assistant = assistant;
    this.#tts = tts;
    this.#sinks = sinks;
  }

  /** Asks the assistant. */
  respond(responseId: string, request: AssistantRequest): void {
    const signal = this.#signalOf(responseId);
    this.#run(responseId, signal, async () => {
      for await (const output of this.#assistant.respond(request, signal)) {
        if (signal.aborted) return;
        this.#sinks.onSaid(responseId, output);
      }
      if (!signal.aborted) this.#sinks.onFinished(responseId);
    });
  }

  /** Has one sentence spoken. */
  makeSentence(responseId: string, request: TtsRequest): void {
    const signal = this.#signalOf(responseId);
    this.#run(responseId, signal, async () => {
      const pcm = await this.#tts.speak(request, signal);
      if (!signal.aborted) this.#sinks.onMade(responseId, pcm);
    });
  }

  /** Stops everything of a response. */
  stop(responseId: string): void {
    if (this.#current?.responseId === responseId) this.close();
  }

  /** Stops everything. */
  close(): void {
    this.#current?.controller.abort();
    this.#current = undefined;
  }

  #signalOf(responseId: string): AbortSignal {
    if (this.#current?.responseId !== responseId) {
      this.close();
      this.#current = { responseId, controller: new AbortController() };
    }
    return this.#current.controller.signal;
  }

  #run(responseId: string, signal: AbortSignal, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!signal.aborted) this.#sinks.onFailed(responseId, error);
    });
  }
}
