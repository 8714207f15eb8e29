import { SILERO_INPUT_SAMPLES, SileroNetwork } from './silero-network.ts';
import { loadSileroWeights } from './silero-weights.ts';
import { VAD_FRAME_SAMPLES, type VadEngine } from './vad-engine.ts';

const CONTEXT_SAMPLES = SILERO_INPUT_SAMPLES - VAD_FRAME_SAMPLES;
const FULL_SCALE = 32_768;

/** Silero VAD v6 for one stream. Throws `internal` when the weights were not built. */
export function createSileroVad(): VadEngine {
  return new SileroVad();
}

class SileroVad implements VadEngine {
  readonly #network = new SileroNetwork(loadSileroWeights());
  readonly #input = new Float32Array(SILERO_INPUT_SAMPLES);

  process(frame: Int16Array): number {
    if (frame.length !== VAD_FRAME_SAMPLES) {
      throw new TypeError(`A frame holds ${VAD_FRAME_SAMPLES} samples, got ${frame.length}`);
    }
    this.#input.copyWithin(0, VAD_FRAME_SAMPLES);
    for (let n = 0; n < VAD_FRAME_SAMPLES; n++) this.#input[CONTEXT_SAMPLES + n] = (frame[n] ?? 0) / FULL_SCALE;
    return this.#network.process(this.#input);
  }

  reset(): void {
    this.#input.fill(0);
    this.#network.reset();
  }

  close(): void {}
}
