import type { AssistantEngine, AssistantOutput, AssistantRequest } from '../../engines/assistant/assistant-engine.ts';
import type { TtsEngine, TtsRequest } from '../../engines/tts/tts-engine.ts';
import type { ResponseOutcome } from '../../openai/response-events.ts';
import { CutAnswer } from './cut-answer.ts';

/** Where an answer goes, piece by piece. Nothing is told of a response that was stopped. */
export interface AnsweringSinks {
  readonly onSaid: (responseId: string, output: AssistantOutput) => void;
  /** The assistant has nothing more to say; `outcome` is given when that is not how it should be. */
  readonly onFinished: (responseId: string, outcome: ResponseOutcome | undefined) => void;
  readonly onMade: (responseId: string, pcm: Int16Array) => void;
  readonly onFailed: (responseId: string, error: unknown) => void;
}

/** Runs the assistant and the voice for every response that is being made. */
export class Answering {
  readonly #assistant: AssistantEngine;
  readonly #tts: TtsEngine;
  readonly #sinks: AnsweringSinks;
  readonly #running = new Map<string, AbortController>();

  constructor(assistant: AssistantEngine, tts: TtsEngine, sinks: AnsweringSinks) {
    this.#assistant = assistant;
    this.#tts = tts;
    this.#sinks = sinks;
  }

  /** Asks the assistant. */
  respond(responseId: string, request: AssistantRequest): void {
    const signal = this.#signalOf(responseId);
    this.#run(responseId, signal, async () => {
      const outcome = await this.#takeAll(responseId, request, signal);
      if (!signal.aborted) this.#sinks.onFinished(responseId, outcome);
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

  /** A response is over: stops what is left of it. */
  stop(responseId: string): void {
    this.#running.get(responseId)?.abort();
    this.#running.delete(responseId);
  }

  /** Stops everything. */
  close(): void {
    for (const controller of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  async #takeAll(
    responseId: string,
    request: AssistantRequest,
    signal: AbortSignal,
  ): Promise<ResponseOutcome | undefined> {
    try {
      for await (const output of this.#assistant.respond(request, signal)) {
        if (signal.aborted) return undefined;
        this.#sinks.onSaid(responseId, output);
      }
      return undefined;
    } catch (error) {
      if (error instanceof CutAnswer) return error.outcome;
      throw error;
    }
  }

  #signalOf(responseId: string): AbortSignal {
    const known = this.#running.get(responseId);
    if (known !== undefined) return known.signal;
    const controller = new AbortController();
    this.#running.set(responseId, controller);
    return controller.signal;
  }

  #run(responseId: string, signal: AbortSignal, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (!signal.aborted) this.#sinks.onFailed(responseId, error);
    });
  }
}
