import {
  type ClientControlMessage,
  type ConnectionEffect,
  type ConnectionInput,
  type ConnectionState,
  defaultReconnectPolicy,
  type ErrorCode,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { abortable, abortError, failureOf } from './abortable.ts';
import type { AudioGraph } from './audio/audio-graph.ts';
import type { ClientSound } from './audio/input-mix.ts';
import type { MicrophoneProcessing } from './audio/microphone.ts';
import { OutboundAudio } from './audio/outbound-audio.ts';
import type { Speaker } from './audio/speaker.ts';
import type { BridgeApi, BridgeConfig } from './bridge/bridge-api.ts';
import type { BridgeEnding } from './bridge/bridge-events.ts';
import type { BridgeLink } from './bridge/bridge-link.ts';
import type { Bridge } from './bridge/create-bridge.ts';
import type { ClientHost } from './client-host.ts';
import { type ClientInput, isHeard } from './client-state.ts';
import { type ConnectionMachine, openConnectionMachine } from './connection-machine.ts';
import type { VoiceSnapshot } from './voice-client.ts';

/** The devices the user chose; kept by the client over sessions. */
export interface VoiceDevices {
  readonly inputDevice: string | null;
  readonly outputDevice: string | null;
}

/** What a {@link SessionRun} works with. */
export interface SessionRunOptions {
  readonly host: ClientHost;
  /** The way to the conversation; may have to be loaded first. */
  readonly openBridge: () => Promise<Bridge>;
  readonly processing: MicrophoneProcessing;
  /** Whether the session is somebody else's as well. */
  readonly shared: boolean;
  readonly devices: VoiceDevices;
  /** From an offer to a bridge that lets us in, in ms. */
  readonly connectTimeoutMs: number;
  /** What is shown now. */
  readonly snapshot: () => VoiceSnapshot;
  /** What others do with the sound now. */
  readonly sound: () => ClientSound;
  /** What happened; nothing after the run is over. */
  readonly dispatch: (input: ClientInput) => void;
  /** The run is over; `goodbye` resolves when the bridge knows as well. Comes before the last `dispatch`. */
  readonly onOver: (goodbye: Promise<void>) => void;
}

/** Ends that were meant: the session is `closed`, and its error says why. */
const MEANT: readonly ErrorCode[] = ['session_replaced', 'session_idle', 'session_expired'];

/** One session as the client lives it: from `connect()` over any redials to its end. Owns the microphone, the sound and the link. */
export class SessionRun {
  readonly #options: SessionRunOptions;
  readonly #over = new AbortController();
  readonly #graph: AudioGraph;
  readonly #speaker: Speaker;
  readonly #audio: OutboundAudio;
  readonly #connection: ConnectionMachine;
  readonly #stopWatchingNetwork: () => void;
  #bridge: Bridge | null = null;
  #link: BridgeLink | null = null;
  #connected: () => void = () => {};
  #firstConfig: BridgeConfig | null = null;
  #toldMuted = false;
  #levels: ReadonlyMap<string, number> = new Map();
  #heard: MediaStream | null = null;

  /** Opens what may only be opened inside a gesture. */
  constructor(options: SessionRunOptions) {
    this.#options = options;
    const { host, processing, connectTimeoutMs } = options;
    this.#graph = host.openAudioGraph();
    this.#speaker = host.openSpeaker((error) => this.#dispatch({ type: 'warning', error }));
    this.setSpeakerMuted(options.snapshot().speakerMuted);
    this.#audio = new OutboundAudio({
      microphone: host.microphone,
      graph: this.#graph,
      processing,
      sinks: {
        onTrack: (track) => this.#link?.setTrack(track),
        onMicrophone: (report) => this.#dispatch({ type: 'microphone', report }),
        onWarning: (error) => this.#dispatch({ type: 'warning', error }),
      },
    });
    this.sound();
    this.letHear();
    this.#connection = openConnectionMachine({
      host,
      policy: { ...defaultReconnectPolicy, dialTimeoutMs: connectTimeoutMs },
      perform: (effect) => this.#perform(effect),
      onChange: (state) => this.#changed(state),
    });
    this.#stopWatchingNetwork = host.onNetworkBack(() => this.#connection.send({ type: 'retryNow' }));
  }

  /** Connects, `before` at the earliest. Rejects with the reason when it did not work; the run is over then. */
  async start(before: Promise<void>): Promise<void> {
    const { inputDevice, outputDevice } = this.#options.devices;
    const { signal } = this.#over;
    this.#dispatch({ type: 'connecting' });
    if (outputDevice !== null) {
      this.#speaker.setDevice(outputDevice).catch((error) => this.#dispatch({ type: 'warning', error }));
    }
    const microphone = this.#audio.open(inputDevice);
    try {
      // The user may take a minute to answer the browser's question: no deadline runs yet.
      await abortable(Promise.all([this.#prepare(), microphone, before]), signal);
      if (signal.aborted) throw abortError(signal);
      await abortable(this.#connect(), signal);
    } catch (thrown) {
      const error = failureOf(thrown, signal);
      this.#end('failed', error);
      throw error;
    }
  }

  /** Ends the run as the user wished; idempotent. */
  stop(): void {
    this.send({ type: 'leave' });
    this.#connection.send({ type: 'disconnect' });
  }

  send(message: ClientControlMessage): boolean {
    const isSent = this.#link?.send(message) ?? false;
    if (isSent && message.type === 'mute') this.#toldMuted = message.muted;
    return isSent;
  }

  /** Lets the microphone be heard, or not, as the snapshot says. */
  letHear(): void {
    this.#audio.setEnabled(isHeard(this.#options.snapshot()));
  }

  /** Tells the bridge whether we are muted. */
  tellMuted(): void {
    this.send({ type: 'mute', muted: this.#isMuted });
  }

  setSpeakerMuted(muted: boolean): void {
    this.#speaker.setMuted(muted);
  }

  /** Sounds as the options say now. */
  sound(): void {
    const { mix, speakerVolume = 1 } = this.#options.sound();
    this.#speaker.setVolume(speakerVolume);
    this.#audio.setMix(mix);
    if (this.#isMuted !== this.#toldMuted) this.tellMuted();
    mix?.setAssistant(this.#heard);
  }

  setInputDevice(deviceId: string | null): Promise<void> {
    return this.#audio.select(deviceId);
  }

  setOutputDevice(deviceId: string | null): Promise<void> {
    return this.#speaker.setDevice(deviceId);
  }

  /** Says typed text. Rejects when the run ends before the model has it; where the session is shared, resolves when it is on its way. */
  async sendText(text: string): Promise<void> {
    if (this.#bridge === null) throw notConnected();
    // On the channel the bridge knows who types.
    if (this.#options.shared && this.send({ type: 'text', text })) return;
    await this.#bridge.api.sendText(text, this.#over.signal);
  }

  inputLevel(): number {
    return this.#graph.inputLevel();
  }

  outputLevel(): number {
    return this.#graph.outputLevel();
  }

  participantLevel(participantId: string): number {
    return this.#levels.get(participantId) ?? 0;
  }

  /** Whether the bridge may drop what we send: the others in a mix are heard though we are not. */
  get #isMuted(): boolean {
    return this.#options.snapshot().muted && this.#options.sound().mix === undefined;
  }

  async #prepare(): Promise<void> {
    const { signal } = this.#over;
    const bridge = await this.#options.openBridge();
    if (signal.aborted) throw abortError(signal);
    this.#bridge = bridge;
    this.#firstConfig = await bridge.api.config(signal);
  }

  #connect(): Promise<void> {
    return new Promise((resolve) => {
      this.#connected = resolve;
      this.#connection.send({ type: 'connect' });
    });
  }

  #changed(state: ConnectionState): void {
    switch (state.name) {
      case 'connected':
        this.#connected();
        break;
      case 'reconnecting':
        this.#dispatch({ type: 'reconnecting', error: state.error });
        break;
      case 'closed':
        this.#end('closed', null);
        break;
      case 'failed':
        this.#end(MEANT.includes(state.error.code) ? 'closed' : 'failed', state.error);
        break;
    }
  }

  #perform(effect: ConnectionEffect): void {
    if (effect.type === 'hangUp') this.#link?.close();
    else if (this.#bridge !== null) void this.#dial(this.#bridge, effect.dial);
  }

  async #dial({ api, createLink }: Bridge, dial: number): Promise<void> {
    const link = createLink({
      onEvent: (event) => {
        if (event.type === 'levels') this.#levels = event.levels;
        this.#dispatch({ type: 'bridge', event });
      },
      onRemoteStream: (stream) => {
        this.#speaker.play(stream);
        this.#graph.watchOutput(stream);
        this.#heard = stream;
        this.sound();
      },
      onEnded: (ending) => this.#connection.send(inputOf(dial, ending)),
    });
    this.#link = link;
    try {
      await link.open(this.#takeConfig(api), () => this.#audio.track);
    } catch (thrown) {
      this.#connection.send({ type: 'lost', dial, error: failureOf(thrown, this.#over.signal) });
      return;
    }
    if (this.#over.signal.aborted) return;
    // What changed while the connection was made.
    link.setTrack(this.#audio.track);
    // A bridge that gave us our place again knows what it was told, no more.
    if (this.#isMuted || this.#toldMuted) this.tellMuted();
    this.#connection.send({ type: 'dialled', dial });
  }

  /** The configuration the first dial waited for; redials ask again, as ICE servers' credentials expire. */
  async #takeConfig(api: BridgeApi): Promise<BridgeConfig> {
    const first = this.#firstConfig;
    this.#firstConfig = null;
    return first ?? api.config(this.#over.signal);
  }

  #end(state: 'closed' | 'failed', error: VoiceBridgeError | null): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(error ?? new VoiceBridgeError('aborted', 'The session was ended'));
    // The bridge also ends a session whose participant stays away, only later.
    const goodbye = this.#link?.heldByBridge ? this.#bridge?.api.close().catch(() => {}) : undefined;
    this.#stopWatchingNetwork();
    this.#link?.close();
    this.#audio.close();
    this.#speaker.close();
    this.#graph.close();
    this.#options.onOver(goodbye ?? Promise.resolve());
    this.#options.dispatch({ type: 'ended', state, error });
  }

  #dispatch(input: ClientInput): void {
    if (this.#over.signal.aborted) return;
    this.#options.dispatch(input);
    this.letHear();
  }
}

/** The error of what only works while connected. */
export function notConnected(): VoiceBridgeError {
  return new VoiceBridgeError('not_connected', 'Connect first');
}

function inputOf(dial: number, { error, redial }: BridgeEnding): ConnectionInput {
  if (redial && error !== null) return { type: 'lost', dial, error };
  return { type: 'ended', dial, error: error ?? undefined };
}
