import type { VoiceBridgeError } from '@voice-bridge/core';
import { abortedError, type SpeechAnswer, type SpeechQuestion, SpeechThread } from './speech-thread.ts';
import type { SttEngine } from './stt/stt-engine.ts';
import type { TtsEngine } from './tts/tts-engine.ts';

/** The real engines for hearing and speaking, at work in a thread of their own. */
export interface SpeechWorker {
  /** Named `pocketsphinx`, or `none` when this machine has no recogniser. Closing it does nothing: close the worker. */
  readonly stt: SttEngine;
  /** Named `flite`. Closing it does nothing: close the worker. */
  readonly tts: TtsEngine;
  /** Ends the thread; what is under way rejects with `aborted`. Idempotent. */
  close(): Promise<void>;
}

/** What {@link startSpeechWorker} may be given. */
export interface SpeechWorkerOptions {
  /** Told about what heals: words that cannot be recognised (`grammar_word_unknown`), a thread that died (`internal`). */
  readonly onWarning?: (warning: VoiceBridgeError) => void;
  /** Longer than any one piece of work takes, its place in the line included: then the thread is stuck; default 30,000 ms. */
  readonly stuckAfterMs?: number;
}

/**
 * Starts the thread and waits until it can work. When it dies or is stuck, what is under way rejects with `internal` and the
 * next call starts another thread. Rejects with `internal` when it cannot start.
 */
export async function startSpeechWorker(options: SpeechWorkerOptions = {}): Promise<SpeechWorker> {
  const client = new SpeechWorkerClient(options);
  const recogniser = await client.thread().ready;
  return {
    stt: {
      name: recogniser,
      recognise: async (pcm, vocabulary, signal) => {
        const answer = await client.ask((id) => ({ type: 'recognise', id, pcm, vocabulary }), signal);
        return { text: answer.type === 'text' ? answer.text : '' };
      },
      close: async () => {},
    },
    tts: {
      name: 'flite',
      speak: async (request, signal) => {
        const answer = await client.ask((id) => ({ type: 'speak', id, request }), signal);
        return answer.type === 'sound' ? answer.pcm : new Int16Array(0);
      },
      close: async () => {},
    },
    close: () => client.close(),
  };
}

class SpeechWorkerClient {
  readonly #options: SpeechWorkerOptions;
  #thread: SpeechThread | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: SpeechWorkerOptions) {
    this.#options = options;
  }

  /** The living thread, or a new one. */
  thread(): SpeechThread {
    this.#thread ??= new SpeechThread({
      onWarning: (warning) => this.#options.onWarning?.(warning),
      onEnd: (error) => {
        this.#thread = undefined;
        if (this.#closing === undefined) this.#options.onWarning?.(error);
      },
    });
    return this.#thread;
  }

  async ask(question: SpeechQuestion, signal: AbortSignal): Promise<SpeechAnswer> {
    if (signal.aborted || this.#closing !== undefined) throw abortedError();
    const thread = this.thread();
    await thread.ready;
    if (signal.aborted || this.#closing !== undefined) throw abortedError();
    return thread.ask(question, signal, this.#options.stuckAfterMs ?? 30_000);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#thread?.rejectAll(abortedError());
    await this.#thread?.close();
  }
}
