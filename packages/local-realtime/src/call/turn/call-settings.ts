import type { AssistantTool, AssistantToolChoice } from '../../engines/assistant/assistant-engine.ts';
import type { TurnDetectionPolicy } from '../input/step-turn-detection.ts';
import type { AudioFormat } from '../sound/audio-format.ts';

/** Who decides that the user's turn is over, and what follows. */
export type TurnSettings =
  | { readonly name: 'manual' }
  | {
      readonly name: 'detected';
      readonly policy: TurnDetectionPolicy;
      /** What the user's speech does to a speaking assistant. */
      readonly onStart: 'interrupt' | 'let_speak';
      /** Whether the end of the user's turn is answered by itself. */
      readonly onStop: 'respond' | 'wait';
      /** How long the user may say nothing after an answer before the assistant speaks again, in ms. */
      readonly idleTimeoutMs: number | undefined;
    };

/** A session's settings in the turn loop's words. */
export interface CallSettings {
  /** Whether anything is ever answered. */
  readonly purpose: 'conversation' | 'transcription';
  readonly instructions: string;
  readonly modality: 'audio' | 'text';
  readonly voice: string;
  /** How audio in events is coded. */
  readonly inputFormat: AudioFormat;
  readonly outputFormat: AudioFormat;
  /** 0.25 to 1.5. */
  readonly speed: number;
  readonly tools: readonly AssistantTool[];
  readonly toolChoice: AssistantToolChoice;
  /** How many tools one response may call. */
  readonly toolCalls: 'many' | 'one';
  readonly maxOutputTokens: number | 'inf';
  /** Whether the client is told what was understood. */
  readonly transcription: 'on' | 'off';
  /** Words and phrases to expect besides the assistant's. */
  readonly keywords: readonly string[];
  readonly turns: TurnSettings;
}
