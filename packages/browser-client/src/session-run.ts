import { type ClientControlMessage, VoiceBridgeError } from '@voice-bridge/core';
import { abortable, abortError, failureOf } from './abortable.ts';
import type { AudioGraph } from './audio/audio-graph.ts';
import type { MicrophoneProcessing } from './audio/microphone.ts';
import { OutboundAudio } from './audio/outbound-audio.ts';
import type { Speaker } from './audio/speaker.ts';
import type { BridgeApi, ConversationWishes } from './bridge/bridge-api.ts';
import type { BridgeEnding } from './bridge/bridge-events.ts';
import { BridgeLink } from './bridge/bridge-link.ts';
import type { ClientHost } from './client-host.ts';
import type { ClientInput } from './client-state.ts';
import { redialDelayMs } from './redial-delay.ts';

/** What the user chose; kept by the client over sessions. */
export interface VoicePreferences {
  readonly muted: boolean;
  readonly speakerMuted: boolean;
  readonly inputDevice: string | null;
  readonly outputDevice: string | null;
}

/** What a {@link SessionRun} works with. */
export interface SessionRunOptions {
  readonly host: ClientHost;
  readonly api: BridgeApi;
  readonly wishes: ConversationWishes;
  readonly processing: MicrophoneProcessing;
  readonly preferences: VoicePreferences;
  readonly connectTimeoutMs: number;
  /** What happened; nothing after the run is over. */
  readonly dispatch: (input: ClientInput) => void;
  /** The run is over; `goodbye` resolves when the bridge knows as well. Comes before the last `dispatch`. */
  readonly onOver: (goodbye: Promise<void>) => void;
}

/** How long a connection must have lasted for the next loss to be redialled from the start of the schedule, in ms. */
const STEADY_MS = 30_000;

/** One session as the client lives it: from `connect()` over any redials to its end. Owns the microphone, the sound and the link. */
export class SessionRun {
  readonly #options: SessionRunOptions;
  readonly #over = new AbortController();
  readonly #graph: AudioGraph;
  readonly #speaker: Speaker;
  readonly #audio: OutboundAudio;
  #link: BridgeLink | null = null;
  #redials = 0;
  #connectedAt = 0;

  /** Opens what may only be opened inside a gesture. */
  constructor(options: SessionRunOptions) {
    this.#options = options;
    const { host, preferences, processing } = options;
    this.#graph = host.openAudioGraph();
    this.#speaker = host.openSpeaker((error) => this.#warn(error));
    this.#speaker.setMuted(preferences.speakerMuted);
    this.#audio = new OutboundAudio({
      microphone: host.microphone,
      graph: this.#graph,
      processing,
      sinks: {
        onTrack: (track) => this.#link?.setTrack(track),
        onMicrophone: (report) => this.#dispatch({ type: 'microphone', report }),
        onWarning: (error) => this.#warn(error),
      },
    });
    this.#audio.setEnabled(!preferences.muted);
  }

  /** Connects. Rejects with the reason when it did not work; the run is over then. */
  async start(before: Promise<void>): Promise<void> {
    const { inputDevice, outputDevice } = this.#options.preferences;
    this.#dispatch({ type: 'connecting' });
    if (outputDevice !== null) this.#speaker.setDevice(outputDevice).catch((error) => this.#warn(error));
    const microphone = this.#audio.open(inputDevice);
    try {
      await abortable(before, this.#over.signal);
      await this.#dial(microphone);
    } catch (thrown) {
      const error = failureOf(thrown, this.#over.signal);
      this.#end({ state: 'failed', error, redial: false });
      throw error;
    }
  }

  /** Ends the run as the user wished; idempotent. */
  stop(): void {
    this.send({ type: 'leave' });
    this.#end({ state: 'closed', error: null, redial: false });
  }

  send(message: ClientControlMessage): boolean {
    return this.#link?.send(message) ?? false;
  }

  setMuted(muted: boolean): void {
    this.#audio.setEnabled(!muted);
    this.send({ type: 'mute', muted });
  }

  setSpeakerMuted(muted: boolean): void {
    this.#speaker.setMuted(muted);
  }

  setInputDevice(deviceId: string | null): Promise<void> {
    return this.#audio.select(deviceId);
  }

  setOutputDevice(deviceId: string | null): Promise<void> {
    return this.#speaker.setDevice(deviceId);
  }

  /** Says typed text. Rejects when the run ends before the model has it. */
  sendText(text: string): Promise<void> {
    return this.#options.api.sendText(text, this.#over.signal);
  }

  inputLevel(): number {
    return this.#graph.inputLevel();
  }

  outputLevel(): number {
    return this.#graph.outputLevel();
  }

  async #dial(ready: Promise<void>): Promise<void> {
    const { api, host, wishes, connectTimeoutMs } = this.#options;
    if (this.#over.signal.aborted) throw abortError(this.#over.signal);
    const link: BridgeLink = new BridgeLink({
      api,
      openRtc: host.openRtc,
      clock: host.clock,
      wishes,
      connectTimeoutMs,
      sinks: {
        onEvent: (event) => this.#dispatch({ type: 'bridge', event }),
        onRemoteStream: (stream) => {
          this.#speaker.play(stream);
          this.#graph.watchOutput(stream);
        },
        onEnded: (ending) => void this.#lost(ending),
      },
    });
    this.#link = link;
    await link.open(ready, () => this.#audio.track, this.#over.signal);
    if (this.#over.signal.aborted) throw abortError(this.#over.signal);
    // A microphone that changed while the connection was made.
    link.setTrack(this.#audio.track);
    this.#connectedAt = host.clock.now();
    if (!this.#audio.enabled) link.send({ type: 'mute', muted: true });
  }

  async #lost(ending: BridgeEnding): Promise<void> {
    if (!ending.redial || ending.error === null) {
      this.#end(ending);
      return;
    }
    const { clock, random } = this.#options.host;
    if (clock.now() - this.#connectedAt > STEADY_MS) this.#redials = 0;
    let error = ending.error;
    this.#dispatch({ type: 'reconnecting', error });
    while (!this.#over.signal.aborted) {
      const delay = redialDelayMs(this.#redials++, random());
      if (delay === null) break;
      try {
        await this.#sleep(delay);
        await this.#dial(Promise.resolve());
        return;
      } catch (thrown) {
        this.#link?.close();
        error = failureOf(thrown, this.#over.signal);
        if (!error.retryable) break;
      }
    }
    this.#end({ state: 'failed', error, redial: false });
  }

  #sleep(delayMs: number): Promise<void> {
    const { signal } = this.#over;
    return new Promise((resolve, reject) => {
      const wake = () => {
        cancel();
        reject(abortError(signal));
      };
      const cancel = this.#options.host.clock.after(delayMs, () => {
        signal.removeEventListener('abort', wake);
        resolve();
      });
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #end(ending: BridgeEnding): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(new VoiceBridgeError('aborted', 'The session was ended', { cause: ending.error }));
    // The bridge also ends a session whose participant stays away, only later.
    const goodbye = this.#link?.heldByBridge ? this.#options.api.close().catch(() => {}) : Promise.resolve();
    this.#link?.close();
    this.#audio.close();
    this.#speaker.close();
    this.#graph.close();
    this.#options.onOver(goodbye);
    this.#options.dispatch({ type: 'ended', state: ending.state, error: ending.error });
  }

  #dispatch(input: ClientInput): void {
    if (!this.#over.signal.aborted) this.#options.dispatch(input);
  }

  #warn(error: VoiceBridgeError): void {
    this.#dispatch({ type: 'warning', error });
  }
}
