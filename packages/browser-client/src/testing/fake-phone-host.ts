import { ENDPOINTS, type ErrorCode } from '@voice-bridge/core';
import type { PhoneAudio, PhoneAudioState } from '../phone/microphone/phone-audio.ts';
import type { PhoneHost } from '../phone/microphone/phone-host.ts';
import type { PhoneBattery, PhonePage } from '../phone/microphone/phone-page.ts';
import type { PhoneStorage } from '../phone/microphone/phone-place.ts';
import type { RtcConnectionOptions } from '../rtc/rtc-connection.ts';
import { FakeAudioGraph } from './fake-audio.ts';
import { FakeBridge } from './fake-bridge.ts';
import { FakeMicrophone } from './fake-microphone.ts';
import { FakeRtcConnection } from './fake-rtc-connection.ts';
import { FakeSignalingHost, type FakeSignalingWorld } from './fake-signaling-host.ts';

/** A phone's sound that measures and is silenced as a test says. */
export class FakePhoneAudio extends FakeAudioGraph implements PhoneAudio {
  state: PhoneAudioState = 'running';
  playing: MediaStream | null = null;
  muted = false;
  volume = 1;
  metering = true;
  resumed = 0;
  readonly #onStateChanged: (state: PhoneAudioState) => void;

  constructor(onStateChanged: (state: PhoneAudioState) => void) {
    super();
    this.#onStateChanged = onStateChanged;
  }

  play(stream: MediaStream | null): void {
    this.playing = stream;
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
  }

  setVolume(volume: number): void {
    this.volume = volume;
  }

  setMetering(metering: boolean): void {
    this.metering = metering;
  }

  async resume(): Promise<void> {
    this.resumed++;
    this.changeState('running');
  }

  changeState(state: PhoneAudioState): void {
    this.state = state;
    this.#onStateChanged(state);
  }
}

/** A page that is hidden, frozen and cut off by a test. */
export class FakePhonePage implements PhonePage {
  visible = true;
  online = true;
  /** Why the screen cannot be kept on; null: it can. */
  screenRefusal: Error | null = null;
  screenIsKept = false;
  #releaseScreen: () => void = () => {};
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #batteryListeners = new Set<(battery: PhoneBattery) => void>();

  readonly isVisible = (): boolean => this.visible;
  readonly isOnline = (): boolean => this.online;
  readonly deviceName = (): string => 'Fake phone';
  readonly onVisibilityChanged = (listener: () => void) => this.#listen('visibility', listener);
  readonly onThawed = (listener: () => void) => this.#listen('thawed', listener);
  readonly onNetworkChanged = (listener: () => void) => this.#listen('network', listener);

  readonly keepScreenOn = async (onReleased: () => void): Promise<() => void> => {
    if (this.screenRefusal !== null) throw this.screenRefusal;
    this.screenIsKept = true;
    this.#releaseScreen = onReleased;
    return () => {
      this.screenIsKept = false;
    };
  };

  readonly watchBattery = (listener: (battery: PhoneBattery) => void): (() => void) => {
    this.#batteryListeners.add(listener);
    return () => this.#batteryListeners.delete(listener);
  };

  /** Shows or hides the page; a hidden one loses the screen. */
  show(visible: boolean): void {
    this.visible = visible;
    if (!visible && this.screenIsKept) this.loseScreen();
    this.#tell('visibility');
  }

  /** Takes the screen back, as a system does. */
  loseScreen(): void {
    this.screenIsKept = false;
    this.#releaseScreen();
  }

  thaw(): void {
    this.#tell('thawed');
  }

  changeNetwork(online = true): void {
    this.online = online;
    this.#tell('network');
  }

  drain(battery: PhoneBattery): void {
    for (const listener of this.#batteryListeners) listener(battery);
  }

  /** Listeners that were not taken off, and the screen. */
  leftovers(): string[] {
    const listeners = [...this.#listeners].flatMap(([name, set]) => [...set].map(() => `${name} listener`));
    const battery = [...this.#batteryListeners].map(() => 'battery listener');
    return [...listeners, ...battery, ...(this.screenIsKept ? ['screen'] : [])];
  }

  #listen(name: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  #tell(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }
}

/** A phone without a phone: every port is a fake that a test can look at, on one virtual clock. */
export class FakePhoneHost extends FakeSignalingHost implements PhoneHost {
  readonly microphone = new FakeMicrophone();
  readonly bridge: FakeBridge;
  readonly page = new FakePhonePage();
  readonly stored = new Map<string, string>();
  readonly audios: FakePhoneAudio[] = [];
  /** Connections to the bridge. */
  readonly rtc: FakeRtcConnection[] = [];
  /** Requests about pairing, as `path authorization`; a `DELETE` says so. */
  readonly paired: string[] = [];
  /** Why such requests are refused; null: they work; `unreachable`: they do not arrive; `silent`: nobody answers. */
  refusal:
    | { readonly code: ErrorCode; readonly status: number; readonly path?: string }
    | 'unreachable'
    | 'silent'
    | null = null;
  /** What is heard of the signaling by an event stream; null: there is none. */
  events: ReadableStream<Uint8Array<ArrayBuffer>> | null = null;
  /** How long a credential is good, in s. */
  expiresInSeconds = 14_400;
  #credentials = 0;
  #held: Promise<void> = Promise.resolve();

  constructor(world: FakeSignalingWorld = {}) {
    const bridge = new FakeBridge();
    super({
      ...world,
      fetch: async (url, init) => {
        const { pathname } = new URL(url, 'https://bridge.example');
        if (pathname.startsWith(ENDPOINTS.pairing)) return this.#pair(pathname, init);
        const body = pathname.startsWith(ENDPOINTS.signaling) ? this.events : null;
        if (body !== null) return { ok: true, status: 200, text: async () => '', body };
        return { ...(await bridge.fetch(url, init)), body: null };
      },
    });
    this.bridge = bridge;
  }

  /** Lets requests about pairing wait for their answers until what it gives is called. */
  holdPairing(): () => void {
    let answer = () => {};
    this.#held = new Promise((resolve) => {
      answer = resolve;
    });
    return answer;
  }

  readonly storage = (): PhoneStorage => ({
    getItem: (key) => this.stored.get(key) ?? null,
    setItem: (key, value) => void this.stored.set(key, value),
    removeItem: (key) => void this.stored.delete(key),
  });

  readonly openAudio = (onStateChanged: (state: PhoneAudioState) => void): FakePhoneAudio => {
    const audio = new FakePhoneAudio(onStateChanged);
    this.audios.push(audio);
    return audio;
  };

  readonly openRtc = (options: RtcConnectionOptions): FakeRtcConnection => {
    const connection = new FakeRtcConnection(options);
    this.rtc.push(connection);
    return connection;
  };

  override leftovers(): string[] {
    return [
      ...super.leftovers(),
      ...this.page.leftovers(),
      ...this.rtc.filter((each) => !each.closed).map(() => 'connection to the bridge'),
      ...this.audios.filter((each) => !each.closed).map(() => 'audio'),
      ...this.microphone.tracks.filter((each) => each.readyState === 'live').map((each) => each.label),
      ...Array.from({ length: this.microphone.watchers }, () => 'device listener'),
    ];
  }

  async #pair(path: string, { headers, method, signal }: RequestInit) {
    const asked = `${path.split('/').at(-1)} ${new Headers(headers).get('authorization')}`;
    this.paired.push(method === 'DELETE' ? `DELETE ${asked}` : asked);
    if (this.refusal === 'silent') {
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new TypeError('Aborted'))));
    }
    await this.#held;
    if (this.refusal === 'unreachable') throw new TypeError('Failed to fetch');
    const refused =
      typeof this.refusal === 'object' && this.refusal !== null && path.endsWith(this.refusal.path ?? '')
        ? this.refusal
        : null;
    const json =
      refused !== null
        ? { error: { code: refused.code, message: 'Refused' } }
        : {
            token: 'a token',
            code: 'ABCD-EFGH',
            credential: `vbphone.${++this.#credentials}`,
            conversation_id: 'kitchen',
            peer_id: 'mobile',
            state: 'accepted',
            expires_in_seconds: this.expiresInSeconds,
          };
    const status = refused?.status ?? 200;
    return { ok: status < 300, status, text: async () => JSON.stringify(json), body: null };
  }
}
