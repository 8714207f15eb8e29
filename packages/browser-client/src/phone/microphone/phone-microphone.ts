import { Emitter, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import { browserPhoneHost } from './browser-phone-host.ts';
import type { PhoneEnd, PhoneInvitation, PhoneMicrophoneSnapshot } from './phone-end.ts';
import type { PhoneHost } from './phone-host.ts';
import { PhonePlace, type PhoneStorage } from './phone-place.ts';
import { PhoneRun } from './phone-run.ts';
import { initialPhoneShown, type PhoneShown, type PhoneShownInput, stepPhoneShown } from './step-phone-snapshot.ts';

/** How a {@link PhoneMicrophone} is made. */
export interface PhoneMicrophoneOptions {
  /** Origin and base path of the bridge; default the page's own origin. */
  readonly url?: string;
  /** Where the credential is kept over a reload; default `sessionStorage`. */
  readonly storage?: PhoneStorage;
  /** How the desktop shows this phone; default what kind of phone it is, where the browser tells. */
  readonly name?: string;
}

/**
 * The phone end of a phone link: the wireless microphone and speaker of a desktop's conversation. It answers the desktop's offers and
 * comes back by itself when the phone slept, changed its network or was reloaded. Where no path leads to the desktop it takes part in
 * the session at the bridge, and goes back as soon as a path is there. What gets in the way is in `getSnapshot().trouble`, in words;
 * every code is explained at {@link PhoneTroubleCode}.
 */
export class PhoneMicrophone implements PhoneEnd {
  readonly #options: PhoneMicrophoneOptions;
  readonly #host: PhoneHost;
  readonly #changes: Emitter<{ changed: [] }>;
  #shown: PhoneShown = initialPhoneShown;
  #run: PhoneRun | null = null;
  /** Of the last run that failed and has its place still. */
  #place: PhonePlace | null = null;
  #joining: Promise<void> = Promise.resolve();

  /** Touches nothing of the page: safe on a server. */
  constructor(options: PhoneMicrophoneOptions = {}, host: PhoneHost = browserPhoneHost) {
    this.#options = options;
    this.#host = host;
    this.#changes = new Emitter((error) => host.reportError(error));
  }

  getSnapshot(): PhoneMicrophoneSnapshot {
    return this.#shown.snapshot;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changes.on('changed', listener);
  }

  join(invitation: PhoneInvitation): Promise<void> {
    if (this.#run !== null) return this.#joining;
    try {
      this.#run = this.#newRun();
    } catch (cause) {
      const error = new VoiceBridgeError('webrtc_unsupported', 'This browser cannot be a microphone', { cause });
      this.#dispatch({ type: 'life', life: { name: 'failed', error } });
      this.#dispatch({ type: 'trouble', code: 'webrtc_unsupported', present: true });
      return Promise.reject(error);
    }
    const before = this.#isReplaced ? null : this.#place;
    this.#joining = this.#run.start(invitation);
    // Whoever comes in anew does not come back as who it was.
    if (invitation !== 'stored') void this.#joining.then(() => before?.giveBack()).catch(() => {});
    return this.#joining;
  }

  hasStored(): boolean {
    return PhonePlace.isStored(this.#storage);
  }

  async leave(): Promise<void> {
    if (this.#run !== null) await this.#run.stop();
    else if (this.#isReplaced) PhonePlace.forget(this.#storage);
    else await this.#leftPlace().leave();
  }

  setMuted(muted: boolean): void {
    this.#dispatch({ type: 'muted', muted });
    this.#run?.applyWishes();
  }

  hold(): void {
    this.#dispatch({ type: 'holding', holding: true });
    this.#run?.applyWishes();
  }

  release(): void {
    this.#dispatch({ type: 'holding', holding: false });
    this.#run?.applyWishes();
  }

  setSpeakerMuted(muted: boolean): void {
    this.#dispatch({ type: 'speaker', ...this.#shown.snapshot.speaker, muted });
    this.#run?.applyWishes();
  }

  setVolume(volume: number): void {
    if (!(volume >= 0 && volume <= 1)) throw new RangeError('A volume is from 0 to 1');
    this.#dispatch({ type: 'speaker', ...this.#shown.snapshot.speaker, volume });
    this.#run?.applyWishes();
  }

  async resume(): Promise<void> {
    await this.#run?.resume();
  }

  level(): number {
    return this.#run?.level() ?? 0;
  }

  /** Whether another page is this phone now, and has its credential. */
  get #isReplaced(): boolean {
    return this.getSnapshot().error?.code === 'session_replaced';
  }

  get #storage(): PhoneStorage | null {
    return this.#options.storage ?? this.#host.storage();
  }

  #newRun(): PhoneRun {
    const { url = '', name } = this.#options;
    const run: PhoneRun = new PhoneRun({
      host: this.#host,
      url,
      name: name ?? this.#host.page.deviceName(),
      storage: this.#storage,
      shown: () => this.#shown.snapshot,
      dispatch: (input) => this.#dispatch(input),
      onOver: () => {
        this.#run = null;
        if (run.place.isHeld) this.#place = run.place;
      },
    });
    return run;
  }

  /** Where no run was, that of before a reload. */
  #leftPlace(): PhonePlace {
    const { url = '' } = this.#options;
    const { fetch, clock } = this.#host;
    return this.#place ?? new PhonePlace({ url, fetch, clock, storage: this.#storage, name: null, onLost: () => {} });
  }

  #dispatch(input: PhoneShownInput): void {
    const before = this.#shown.snapshot;
    this.#shown = stepPhoneShown(this.#shown, input);
    if (this.#shown.snapshot !== before) this.#changes.emit('changed');
  }
}
