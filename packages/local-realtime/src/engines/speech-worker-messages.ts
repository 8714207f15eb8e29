import type { ErrorCode } from '@voice-bridge/core';
import type { SttVocabulary } from './stt/stt-engine.ts';
import type { TtsRequest } from './tts/tts-engine.ts';

/** What the speech worker is asked. */
export type WorkerRequest =
  | { readonly type: 'recognise'; readonly id: number; readonly pcm: Int16Array; readonly vocabulary: SttVocabulary }
  | { readonly type: 'speak'; readonly id: number; readonly request: TtsRequest }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'close' };

/** What it tells. */
export type WorkerReply =
  | { readonly type: 'ready'; readonly recogniser: string }
  | { readonly type: 'text'; readonly id: number; readonly text: string }
  | { readonly type: 'sound'; readonly id: number; readonly pcm: Int16Array }
  | { readonly type: 'failed'; readonly id: number; readonly problem: WorkerProblem }
  | { readonly type: 'warning'; readonly problem: WorkerProblem };

/** An error on its way between threads: structured clones lose the class and the code. */
export interface WorkerProblem {
  readonly code: ErrorCode | 'type_error';
  readonly message: string;
  readonly hint: string | undefined;
}
