import { type BrowserAudioContext, openBrowserAudioContext } from '../../audio/browser-audio-context.ts';
import { LevelTap } from '../../audio/level-tap.ts';
import { onGesture } from '../../audio/next-gesture.ts';
import { openSilentTrack } from '../../audio/silent-track.ts';
import type { PhoneAudio, PhoneAudioState } from './phone-audio.ts';

/** Plays through a Web Audio context, woken again by gestures when the system put it to sleep. */
export function openBrowserPhoneAudio(onStateChanged: (state: PhoneAudioState) => void): PhoneAudio {
  return new BrowserPhoneAudio(onStateChanged);
}

/** How quickly the volume follows, in s: no step is heard. */
const FADE_S = 0.02;
/** How long a new context may take to start before it counts as blocked, in ms. */
const STARTING_MS = 500;

class BrowserPhoneAudio implements PhoneAudio {
  readonly #context: BrowserAudioContext = openBrowserAudioContext();
  readonly #gain = new GainNode(this.#context);
  readonly #input = new LevelTap(this.#context);
  readonly #output = new LevelTap(this.#context);
  // Chromium feeds a remote stream into a graph only while some element plays it, and this one is silent.
  readonly #element = document.createElement('audio');
  readonly #listeners = new AbortController();
  readonly #stopWaking: () => void;
  readonly #startsUntil = performance.now() + STARTING_MS;
  #state: PhoneAudioState = 'running';
  #hasRun = false;
  #source: MediaStreamAudioSourceNode | null = null;
  #silence: MediaStreamTrack | null = null;
  #watched: { input: MediaStream | null; output: MediaStream | null } = { input: null, output: null };
  #metering = true;
  #muted = false;
  #volume = 1;

  constructor(onStateChanged: (state: PhoneAudioState) => void) {
    this.#gain.connect(this.#context.destination);
    this.#element.muted = true;
    this.#element.setAttribute('playsinline', '');
    const starting = setTimeout(() => this.#update(onStateChanged), STARTING_MS);
    this.#listeners.signal.addEventListener('abort', () => clearTimeout(starting));
    this.#context.addEventListener('statechange', () => this.#update(onStateChanged), {
      signal: this.#listeners.signal,
    });
    this.#stopWaking = onGesture(() => void this.resume());
    void this.resume();
  }

  get state(): PhoneAudioState {
    return this.#state;
  }

  play(stream: MediaStream | null): void {
    this.#source?.disconnect();
    this.#source = null;
    this.#element.srcObject = stream;
    this.watchOutput(stream);
    if (stream === null) return;
    // Ended by the next stream, or refused: what is heard does not come from the element.
    this.#element.play().catch(() => {});
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(this.#gain);
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#fade();
  }

  setVolume(volume: number): void {
    this.#volume = volume;
    this.#fade();
  }

  setMetering(metering: boolean): void {
    // Told again with every wish: a tap made anew costs something.
    if (metering === this.#metering) return;
    this.#metering = metering;
    this.#input.watch(metering ? this.#watched.input : null);
    this.#output.watch(metering ? this.#watched.output : null);
  }

  async resume(): Promise<void> {
    if (this.#context.state === 'running' || this.#context.state === 'closed') return;
    // Refused without a gesture, or while a call lasts: `statechange` tells when it worked.
    await this.#context.resume().catch(() => {});
  }

  silentTrack(): MediaStreamTrack {
    this.#silence ??= openSilentTrack(this.#context);
    return this.#silence;
  }

  watchInput(stream: MediaStream | null): void {
    this.#watched.input = stream;
    if (this.#metering) this.#input.watch(stream);
  }

  watchOutput(stream: MediaStream | null): void {
    this.#watched.output = stream;
    if (this.#metering) this.#output.watch(stream);
  }

  inputLevel(): number {
    return this.#input.level();
  }

  outputLevel(): number {
    return this.#output.level();
  }

  close(): void {
    if (this.#context.state === 'closed') return;
    this.#listeners.abort();
    this.#stopWaking();
    this.play(null);
    this.watchInput(null);
    this.#element.pause();
    this.#silence?.stop();
    void this.#context.close();
  }

  #fade(): void {
    this.#gain.gain.setTargetAtTime(this.#muted ? 0 : this.#volume, this.#context.currentTime, FADE_S);
  }

  #update(onStateChanged: (state: PhoneAudioState) => void): void {
    const { state } = this.#context;
    if (state === 'closed') return;
    this.#hasRun ||= state === 'running';
    const next = state === 'running' ? 'running' : this.#whyNot(String(state));
    if (next === this.#state) return;
    this.#state = next;
    onStateChanged(next);
  }

  /** `suspended` is also how a new context waits for a gesture; Safari says `interrupted` during calls. */
  #whyNot(state: string): PhoneAudioState {
    if (this.#hasRun || state === 'interrupted') return 'interrupted';
    return performance.now() < this.#startsUntil ? 'running' : 'blocked';
  }
}
