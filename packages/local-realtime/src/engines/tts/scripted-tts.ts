import { VoiceBridgeError } from '@voice-bridge/core';
import { toneText } from '../tone-text.ts';
import { TTS_SAMPLE_RATE_HZ, type TtsEngine } from './tts-engine.ts';

/** How a {@link createScriptedTts} speaks. */
export interface ScriptedTtsOptions {
  /** Length of one character at speed 1; default 60 ms. */
  readonly characterMs?: number;
  /**
   * Resolves when timers and packets that are due have had their turn: in real time many calls are then heard in time.
   * Default: a sentence is there at once, as virtual time needs it.
   */
  readonly giveWay?: (() => Promise<void>) | undefined;
}

/** Speaks one tone per character, so that a test can read what was said with `readToneText`, also after Opus. */
export function createScriptedTts({ characterMs = 60, giveWay }: ScriptedTtsOptions = {}): TtsEngine {
  return {
    name: 'scripted',
    async speak({ text, speed = 1 }, signal) {
      if (!(speed >= 0.25 && speed <= 1.5)) throw new TypeError(`Speed is 0.25 to 1.5, got ${speed}`);
      if (giveWay !== undefined) await giveWay();
      if (signal.aborted) throw new VoiceBridgeError('aborted', 'The sentence was given up');
      if (!/[\p{L}\p{N}]/u.test(text)) return new Int16Array(0);
      return toneText(text, { sampleRateHz: TTS_SAMPLE_RATE_HZ, characterMs: characterMs / speed });
    },
    close: async () => {},
  };
}
