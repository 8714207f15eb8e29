import type { AssistantEngine } from '../engines/assistant/assistant-engine.ts';
import type { SttEngine } from '../engines/stt/stt-engine.ts';
import type { TtsEngine } from '../engines/tts/tts-engine.ts';
import type { VadEngine } from '../engines/vad/vad-engine.ts';

/** What listens, thinks and speaks. One set serves every call of a server. */
export interface CallEngines {
  /** A detector for one call. */
  createVad(): VadEngine;
  readonly stt: SttEngine;
  readonly tts: TtsEngine;
  readonly assistant: AssistantEngine;
  /** Told the phrases a call expects, before anybody speaks, so that the first turn is as fast as the next; must not throw. */
  prepare?(phrases: readonly string[]): void;
}
