import { formatId, isConversationId, MAX_TEXT_LENGTH, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import { abortError } from './abortable.ts';
import type { ClientSound } from './audio/input-mix.ts';
import type { MicrophoneProcessing } from './audio/microphone.ts';
import type { ConversationWishes } from './bridge/bridge-api.ts';
import { loadBridge } from './bridge/load-bridge.ts';
import { browserHost } from './browser-host.ts';
import type { ClientHost } from './client-host.ts';
import { ClientStore } from './client-store.ts';
import { notConnected, SessionRun, type VoiceDevices } from './session-run.ts';
import { typedLineId } from './transcript-lines.ts';
import type {
  AudioLevel,
  ParticipantChange,
  VoiceClient,
  VoiceEvents,
  VoiceSnapshot,
  VoiceState,
} from './voice-client.ts';

/** How a {@link VoiceBridgeClient} is made. */
export interface VoiceBridgeClientOptions extends ConversationWishes {
  /** Origin and base path of the bridge; default the page's own origin. */
  readonly url?: string;
  /** The application's lasting thread: 1 to 128 letters, digits, `.`, `_`, `:`, `@` or `-`; default a new random one. */
  readonly conversationId?: string;
  /** Gives the bearer token of the user; asked before every request to the bridge. */
  readonly auth?: () => Promise<string> | string;
  /** Changes how the microphone's sound is cleaned; echo cancellation, noise suppression and gain control are on by default. */
  readonly microphone?: MicrophoneProcessing;
  /** From the offer to a session that lets us in, in ms; default 20,000. */
  readonly connectTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 20_000;

/** One user's side of a conversation: connects to a bridge, sends the microphone, plays the assistant, and shows it all in a snapshot. */
export class VoiceBridgeClient implements VoiceClient {
  /** How it was made: what belongs beside it asks the same bridge as the same user. */
  readonly options: VoiceBridgeClientOptions;
  readonly #host: ClientHost;
  readonly #store: ClientStore;
  #conversationId: string | null;
  #devices: VoiceDevices = { inputDevice: null, outputDevice: null };
  #run: SessionRun | null = null;
  #connecting: Promise<void> = Promise.resolve();
  /** The last session's end at the bridge: the next session waits for it, as both have the same name there. */
  #leaving: Promise<void> = Promise.resolve();
  #sound: ClientSound = {};
  #typed = 0;

  /** Touches nothing of the page: safe on a server. Throws `TypeError` for an impossible conversation id. */
  constructor(options: VoiceBridgeClientOptions = {}, host: ClientHost = browserHost) {
    const { conversationId } = options;
    if (conversationId !== undefined && !isConversationId(conversationId)) {
      throw new TypeError('A conversation id has 1 to 128 letters, digits, ".", "_", ":", "@" or "-"');
    }
    this.options = options;
    this.#host = host;
    this.#store = new ClientStore((error) => host.reportError(error));
    this.#conversationId = conversationId ?? null;
  }

  /** The conversation's id, as given or made up. */
  get conversationId(): string {
    this.#conversationId ??= formatId('conv', this.#host.randomBytes(16));
    return this.#conversationId;
  }

  get state(): VoiceState {
    return this.getSnapshot().state;
  }

  getSnapshot(): VoiceSnapshot {
    return this.#store.snapshot;
  }

  subscribe(listener: () => void): Unsubscribe {
    // Somebody shows us: what a click will need is fetched before it comes. The click reports what fails.
    loadBridge().catch(() => {});
    return this.#store.subscribe(listener);
  }

  on<Name extends keyof VoiceEvents>(event: Name, listener: (...args: VoiceEvents[Name]) => void): Unsubscribe {
    return this.#store.events.on(event, listener);
  }

  connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (this.#run !== null) return this.#connecting;
    try {
      this.#run = this.#newRun();
    } catch (cause) {
      const error = new VoiceBridgeError('webrtc_unsupported', 'This browser cannot open a voice session', { cause });
      this.#store.dispatch({ type: 'ended', state: 'failed', error });
      return Promise.reject(error);
    }
    const stop = () => void this.disconnect();
    signal?.addEventListener('abort', stop);
    this.#connecting = this.#run.start(this.#leaving).finally(() => signal?.removeEventListener('abort', stop));
    return this.#connecting;
  }

  disconnect(): Promise<void> {
    this.#run?.stop();
    return this.#leaving;
  }

  setMuted(muted: boolean): void {
    this.#store.dispatch({ type: 'muted', muted });
    this.#run?.letHear();
    this.#run?.tellMuted();
  }

  setSpeakerMuted(muted: boolean): void {
    this.#store.dispatch({ type: 'speakerMuted', muted });
    this.#run?.setSpeakerMuted(muted);
  }

  /** Lets a mix take the microphone's place, and turns the speaker down; at once and in later sessions. */
  setSound(sound: ClientSound): void {
    this.#sound = sound;
    this.#run?.sound();
  }

  async sendText(text: string): Promise<void> {
    const trimmed = text.trim();
    if (trimmed === '') throw new VoiceBridgeError('invalid_request', 'There is no text to send');
    if (trimmed.length > MAX_TEXT_LENGTH) {
      throw new VoiceBridgeError('text_too_long', `A text may have ${MAX_TEXT_LENGTH} characters`);
    }
    if (this.#run === null || this.state !== 'connected') throw notConnected();
    const id = typedLineId(++this.#typed);
    this.#store.dispatch({ type: 'typed', id, text: trimmed });
    try {
      await this.#run.sendText(trimmed);
    } catch (error) {
      this.#store.dispatch({ type: 'typedFailed', id });
      throw error;
    }
  }

  interrupt(): void {
    this.#run?.send({ type: 'interrupt' });
  }

  startTalking(): void {
    const { state, muted, pushToTalk } = this.getSnapshot();
    if (state !== 'connected') throw notConnected();
    if (pushToTalk === 'off') throw turnsAreDetected();
    if (pushToTalk === 'talking') return;
    if (muted) this.setMuted(false);
    this.interrupt();
    this.#talk('clear');
  }

  stopTalking(): void {
    if (this.getSnapshot().pushToTalk === 'talking') this.#talk('commit');
  }

  /**
   * A turn of somebody begins who is heard in the mix of {@link setSound}: as with `startTalking`, but the microphone stays silent. Does
   * nothing where the bridge detects turns, nor during a turn of the user.
   */
  beginTurn(): void {
    this.#turn('clear');
  }

  /** Ends what {@link beginTurn} began: it is a turn to answer. */
  endTurn(): void {
    this.#turn('commit');
  }

  setParticipant(participantId: string, change: ParticipantChange): void {
    this.#run?.send({ type: 'set_participant', participant_id: participantId, ...change });
  }

  removeParticipant(participantId: string): void {
    this.#run?.send({ type: 'remove_participant', participant_id: participantId });
  }

  participantLevel(participantId: string): number {
    return this.#run?.participantLevel(participantId) ?? 0;
  }

  async setInputDevice(deviceId: string | null): Promise<void> {
    await this.#run?.setInputDevice(deviceId);
    this.#devices = { ...this.#devices, inputDevice: deviceId };
  }

  async setOutputDevice(deviceId: string | null): Promise<void> {
    await this.#run?.setOutputDevice(deviceId);
    this.#devices = { ...this.#devices, outputDevice: deviceId };
  }

  inputLevel(): number {
    return this.#run?.inputLevel() ?? 0;
  }

  outputLevel(): number {
    return this.#run?.outputLevel() ?? 0;
  }

  onLevel(listener: (level: AudioLevel) => void): Unsubscribe {
    return this.#host.onFrame(() => listener({ input: this.inputLevel(), output: this.outputLevel() }));
  }

  #turn(type: 'clear' | 'commit'): void {
    if (this.getSnapshot().pushToTalk !== 'ready') return;
    if (type === 'clear') this.interrupt();
    this.#run?.send({ type });
  }

  /** The bridge waits for the last words of a turn by itself. */
  #talk(type: 'clear' | 'commit'): void {
    this.#run?.send({ type });
    this.#store.dispatch({ type: 'talking', talking: type === 'clear' });
    this.#run?.letHear();
  }

  #newRun(): SessionRun {
    const { url = '', auth, microphone = {}, shared = false, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.options;
    const { fetch, clock, openRtc } = this.#host;
    const { conversationId } = this;
    const run = new SessionRun({
      host: this.#host,
      openBridge: async () => {
        const createBridge = await loadBridge();
        return createBridge({ url, conversationId, auth, fetch, clock, openRtc, wishes: this.options });
      },
      processing: microphone,
      shared,
      devices: this.#devices,
      connectTimeoutMs,
      snapshot: () => this.getSnapshot(),
      sound: () => this.#sound,
      dispatch: (input) => this.#store.dispatch(input),
      onOver: (goodbye) => {
        stopWatchingPage();
        this.#run = null;
        this.#leaving = goodbye;
      },
    });
    const stopWatchingPage = this.#host.onPageLeft(() => void this.disconnect());
    return run;
  }
}

function turnsAreDetected(): VoiceBridgeError {
  return new VoiceBridgeError('invalid_request', 'The bridge detects turns by itself');
}
