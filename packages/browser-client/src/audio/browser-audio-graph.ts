import type { AudioGraph } from './audio-graph.ts';
import { type BrowserAudioContext, openBrowserAudioContext } from './browser-audio-context.ts';
import { LevelTap } from './level-tap.ts';
import { onGesture } from './next-gesture.ts';
import { openSilentTrack } from './silent-track.ts';

/** Makes the graph on a Web Audio context, woken again by gestures when the browser put it to sleep. */
export function openBrowserAudioGraph(): AudioGraph {
  return new BrowserAudioGraph();
}

class BrowserAudioGraph implements AudioGraph {
  readonly #context: BrowserAudioContext = openBrowserAudioContext();
  readonly #input = new LevelTap(this.#context);
  readonly #output = new LevelTap(this.#context);
  readonly #stopListening: () => void;
  #silence: MediaStreamTrack | null = null;

  constructor() {
    this.#wake();
    this.#stopListening = onGesture(() => this.#wake());
  }

  silentTrack(): MediaStreamTrack {
    this.#silence ??= openSilentTrack(this.#context);
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
