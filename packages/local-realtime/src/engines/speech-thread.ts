import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { VoiceBridgeError } from '@voice-bridge/core';
import type { WorkerProblem, WorkerReply, WorkerRequest } from './speech-worker-messages.ts';

/** A question to the thread, before it has its number. */
export type SpeechQuestion = (id: number) => WorkerRequest;

/** An answer of the thread. */
export type SpeechAnswer = Extract<WorkerReply, { type: 'text' | 'sound' }>;

/** What {@link SpeechThread} tells its owner. */
export interface SpeechThreadEvents {
  readonly onWarning: (warning: VoiceBridgeError) => void;
  /** The thread is gone; every question was rejected with this. */
  readonly onEnd: (error: VoiceBridgeError) => void;
}

interface Waiting {
  readonly resolve: (answer: SpeechAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** One life of the worker that runs `speech-worker.ts`. */
export class SpeechThread {
  /** The recogniser's name, once the thread can work. Rejects with `internal` when it cannot start. */
  readonly ready: Promise<string>;
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #events: SpeechThreadEvents;
  #nextId = 1;

  constructor(events: SpeechThreadEvents) {
    this.#events = events;
    // Beside this file, whether it is a source or was built: the build puts both into one folder.
    const worker = new Worker(new URL(`./speech-worker${extname(import.meta.url)}`, import.meta.url));
    this.#worker = worker;
    this.ended = new Promise((resolve) => worker.once('exit', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      let cause: unknown;
      worker.on('message', (reply: WorkerReply) => {
        if (reply.type === 'ready') resolve(reply.recogniser);
        else this.#take(reply);
      });
      worker.on('error', (error) => {
        cause = error;
      });
      worker.once('exit', () => {
        const error = new VoiceBridgeError('internal', 'The speech worker ended', { cause });
        reject(error);
        this.rejectAll(error);
        events.onEnd(error);
      });
    });
    // Whoever asks sees the failure; nobody may have asked yet.
    this.ready.catch(() => {});
  }

  /** Rejects with the thread's own error, with `aborted` when the signal fires, and ends the thread when it is silent for too long. */
  ask(question: SpeechQuestion, signal: AbortSignal, timeoutMs: number): Promise<SpeechAnswer> {
    const id = this.#nextId++;
    return new Promise<SpeechAnswer>((resolve, reject) => {
      const abort = (): void => {
        this.#post({ type: 'abort', id });
        settle(() => reject(abortedError()));
      };
      const timer = setTimeout(() => void this.#worker.terminate(), timeoutMs);
      const settle = (act: () => void): void => {
        this.#waiting.delete(id);
        signal.removeEventListener('abort', abort);
        clearTimeout(timer);
        act();
      };
      this.#waiting.set(id, {
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      });
      signal.addEventListener('abort', abort, { once: true });
      this.#post(question(id));
    });
  }

  /** Gives every open question this answer. */
  rejectAll(error: VoiceBridgeError): void {
    for (const { reject } of [...this.#waiting.values()]) reject(error);
  }

  /** Asks the thread to clean up and end; resolves when it is gone. */
  async close(): Promise<void> {
    this.#post({ type: 'close' });
    await this.ended;
  }

  #post(request: WorkerRequest): void {
    this.#worker.postMessage(request);
  }

  #take(reply: Exclude<WorkerReply, { type: 'ready' }>): void {
    if (reply.type === 'warning') this.#events.onWarning(warningOf(reply.problem));
    else if (reply.type === 'failed') this.#waiting.get(reply.id)?.reject(errorOf(reply.problem));
    else this.#waiting.get(reply.id)?.resolve(reply);
  }
}

/** What a call rejects with that nobody wants any more. */
export function abortedError(): VoiceBridgeError {
  return new VoiceBridgeError('aborted', 'Speech work was given up');
}

function errorOf(problem: WorkerProblem): Error {
  return problem.code === 'type_error' ? new TypeError(problem.message) : warningOf(problem);
}

function warningOf({ code, message, hint }: WorkerProblem): VoiceBridgeError {
  return new VoiceBridgeError(code === 'type_error' ? 'internal' : code, message, hint === undefined ? {} : { hint });
}
