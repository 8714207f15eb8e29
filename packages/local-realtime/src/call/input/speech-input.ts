import { VAD_FRAME_SAMPLES, type VadEngine } from '../../engines/vad/vad-engine.ts';
import type { TurnSettings } from '../turn/call-settings.ts';
import { HEARD_SAMPLES_PER_MS, SoundMemory } from './sound-memory.ts';
import {
  MAX_UTTERANCE_MS,
  silentSince,
  stepTurnDetection,
  type TurnDetectionEffect,
  type TurnDetectionState,
  VAD_FRAME_MS,
} from './step-turn-detection.ts';

const REMEMBERED_SECONDS = MAX_UTTERANCE_MS / 1_000 + 5;
/** What is taken at a time, so that a turn is told while its sound is still remembered. */
const SLICE_SAMPLES = 100 * HEARD_SAMPLES_PER_MS;

/** What a {@link SpeechInput} works with. */
export interface SpeechInputOptions {
  /** Closed with the input. */
  readonly vad: VadEngine;
  readonly onTurn: (effect: TurnDetectionEffect) => void;
}

/** What one caller says, as one line of sound: remembered for a minute, and searched for turns. Its only clock is the sound itself. */
export class SpeechInput {
  readonly #options: SpeechInputOptions;
  readonly #memory = new SoundMemory(REMEMBERED_SECONDS);
  #turns: TurnSettings = { name: 'manual' };
  #detection: TurnDetectionState = silentSince(0);
  #examinedMs = 0;

  constructor(options: SpeechInputOptions) {
    this.#options = options;
  }

  /** How much audio was heard, in ms: the line on which turns are told. */
  get heardMs(): number {
    return this.#memory.lengthMs;
  }

  /** Takes the next piece of mono PCM16 at 16 kHz, of any length. */
  hear(pcm: Int16Array): void {
    for (let at = 0; at < pcm.length; at += SLICE_SAMPLES) {
      this.#memory.append(pcm.subarray(at, at + SLICE_SAMPLES));
      this.#examine();
    }
  }

  /** What was heard between two positions: mono PCM16 at 16 kHz. */
  read(startMs: number, endMs: number): Int16Array {
    return this.#memory.read(startMs, endMs);
  }

  /** Sets who decides about turns. */
  listen(turns: TurnSettings): void {
    this.#turns = turns;
  }

  /** Takes back a turn that is being heard. */
  forgetTurn(): void {
    this.#detection = silentSince(this.heardMs);
  }

  close(): void {
    this.#options.vad.close();
  }

  #examine(): void {
    while (this.heardMs - this.#examinedMs >= VAD_FRAME_MS) {
      const startMs = this.#examinedMs;
      this.#examinedMs += VAD_FRAME_MS;
      const frame = this.#memory.read(startMs, this.#examinedMs);
      if (frame.length !== VAD_FRAME_SAMPLES) continue;
      const probability = this.#options.vad.process(frame);
      if (this.#turns.name === 'manual') continue;
      const stepped = stepTurnDetection(this.#detection, { probability, endMs: this.#examinedMs }, this.#turns.policy);
      this.#detection = stepped.state;
      for (const effect of stepped.effects) this.#options.onTurn(effect);
    }
  }
}
