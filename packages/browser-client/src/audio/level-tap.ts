import type { BrowserAudioContext } from './browser-audio-context.ts';

const ANALYSER_SAMPLES = 1024;

/** Measures how loud a stream is; does nothing while it watches none. */
export class LevelTap {
  readonly #context: BrowserAudioContext;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(ANALYSER_SAMPLES);
  #source: MediaStreamAudioSourceNode | null = null;

  constructor(context: BrowserAudioContext) {
    this.#context = context;
    this.#analyser = new AnalyserNode(context, { fftSize: ANALYSER_SAMPLES });
  }

  /** Measures this stream from now on; null: nothing. */
  watch(stream: MediaStream | null): void {
    this.#source?.disconnect();
    this.#source = null;
    if (stream === null || stream.getAudioTracks().length === 0) return;
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  /** Root mean square now, 0 to 1. */
  level(): number {
    if (this.#source === null) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.min(1, Math.sqrt(sum / this.#samples.length));
  }
}
