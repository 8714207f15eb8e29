import type { AudioGraph } from './audio-graph.ts';
import { onGesture } from './next-gesture.ts';

const ANALYSER_SAMPLES = 1024;

/** Makes the graph on a Web Audio context, woken again by gestures when the browser put it to sleep. */
export function openBrowserAudioGraph(): AudioGraph {
  return new BrowserAudioGraph();
}

class BrowserAudioGraph implements AudioGraph {
  readonly #context = new AudioContext({ latencyHint: 'interactive' });
  readonly #input = new LevelTap(this.#context);
  readonly #output = new LevelTap(this.#context);
  readonly #stopListening: () => void;
  #silence: MediaStreamTrack | null = null;

  constructor() {
    this.#wake();
    this.#stopListening = onGesture(() => this.#wake());
  }

  silentTrack(): MediaStreamTrack {
    this.#silence ??= silenceOf(this.#context);
    return this.#silence;
  }

  watchInput(stream: MediaStream | null): void {
    this.#input.watch(stream);
  }

  watchOutput(stream: MediaStream | null): void {
    this.#output.watch(stream);
  }

  inputLevel(): number {
    return this.#input.level();
  }

  outputLevel(): number {
    return this.#output.level();
  }

  close(): void {
    if (this.#context.state === 'closed') return;
    this.#stopListening();
    this.#input.watch(null);
    this.#output.watch(null);
    this.#silence?.stop();
    void this.#context.close();
  }

  #wake(): void {
    if (this.#context.state === 'running' || this.#context.state === 'closed') return;
    // Refused without a gesture; the next one tries again.
    this.#context.resume().catch(() => {});
  }
}

class LevelTap {
  readonly #context: AudioContext;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(ANALYSER_SAMPLES);
  #source: MediaStreamAudioSourceNode | null = null;

  constructor(context: AudioContext) {
    this.#context = context;
    this.#analyser = new AnalyserNode(context, { fftSize: ANALYSER_SAMPLES });
  }

  watch(stream: MediaStream | null): void {
    this.#source?.disconnect();
    this.#source = null;
    if (stream === null || stream.getAudioTracks().length === 0) return;
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  level(): number {
    if (this.#source === null) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.min(1, Math.sqrt(sum / this.#samples.length));
  }
}

/** A destination that never falls idle: its constant source is what keeps Chromium from growing its delay. */
function silenceOf(context: AudioContext): MediaStreamTrack {
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const constant = new ConstantSourceNode(context, { offset: 0 });
  constant.connect(destination);
  constant.start();
  const track = destination.stream.getAudioTracks()[0];
  if (track === undefined) throw new TypeError('A media stream destination has an audio track');
  return track;
}
