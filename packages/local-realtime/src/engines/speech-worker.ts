import { parentPort } from 'node:worker_threads';
import { isVoiceBridgeError } from '@voice-bridge/core';
import type { WorkerProblem, WorkerReply, WorkerRequest } from './speech-worker-messages.ts';
import { createNoStt } from './stt/no-stt.ts';
import { createPocketsphinxStt } from './stt/pocketsphinx-stt.ts';
import { findRecogniser } from './stt/recogniser-files.ts';
import { createFliteTts } from './tts/flite-tts.ts';

// The program of the speech worker: everything that would stall the packets of the main thread. Started by speech-worker-client.ts.

const port = parentPort;
if (port === null) throw new TypeError('This file runs as a worker');

const files = findRecogniser(process.env.PATH ?? '');
const stt =
  files === undefined
    ? createNoStt()
    : createPocketsphinxStt({ files, onWarning: (warning) => reply({ type: 'warning', problem: problemOf(warning) }) });
const tts = createFliteTts();
let line: Promise<unknown> = Promise.resolve();
const running = new Map<number, AbortController>();

port.on('message', (request: WorkerRequest) => {
  switch (request.type) {
    case 'recognise':
      answer(request.id, async (signal) => {
        const { text } = await stt.recognise(request.pcm, request.vocabulary, signal);
        reply({ type: 'text', id: request.id, text });
      });
      return;
    case 'speak':
      answer(request.id, async (signal) => {
        const pcm = await inLine(() => tts.speak(request.request, signal));
        reply({ type: 'sound', id: request.id, pcm }, [pcm.buffer]);
      });
      return;
    case 'abort':
      running.get(request.id)?.abort();
      return;
    case 'close':
      void Promise.allSettled([stt.close(), tts.close()]).then(() => port.close());
  }
});

reply({ type: 'ready', recogniser: stt.name });
// The first sentence compiles the voice: better now than when somebody waits for it.
await tts.speak({ text: 'Ready.', voice: 'marin' }, new AbortController().signal).catch(() => {});

function answer(id: number, work: (signal: AbortSignal) => Promise<void>): void {
  const controller = new AbortController();
  running.set(id, controller);
  work(controller.signal)
    .catch((error: unknown) => reply({ type: 'failed', id, problem: problemOf(error) }))
    .finally(() => running.delete(id));
}

/** One sentence after the other; between two of them messages are read, so that an abort reaches those that wait. */
function inLine<T>(work: () => Promise<T>): Promise<T> {
  const result = line.then(() => new Promise(setImmediate)).then(work);
  line = result.catch(() => {});
  return result;
}

function reply(message: WorkerReply, transfer: ArrayBufferLike[] = []): void {
  port?.postMessage(
    message,
    transfer.filter((buffer) => buffer instanceof ArrayBuffer),
  );
}

function problemOf(error: unknown): WorkerProblem {
  if (isVoiceBridgeError(error)) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: error instanceof TypeError ? 'type_error' : 'internal', message, hint: undefined };
}
