import type { Clock, VoiceBridgeError } from '@voice-bridge/core';
import type { OpenMicrophone } from '../../audio/microphone.ts';
import { OutboundAudio } from '../../audio/outbound-audio.ts';
import type { MicrophoneReport } from '../../client-state.ts';
import type { PhoneAudio } from './phone-audio.ts';
import type { PhoneHost } from './phone-host.ts';
import type { PhoneTroubleCode } from './phone-trouble.ts';

/** What {@link PhoneSound} tells. */
export interface PhoneSoundSinks {
  /** Another track is to be sent. */
  onTrack(track: MediaStreamTrack): void;
  onMicrophone(report: MicrophoneReport): void;
  onTrouble(code: PhoneTroubleCode, present: boolean): void;
}

/** A microphone that is opened can change the list of devices by itself, for so long, in ms. */
const OPENING_MS = 3_000;

/** Both directions of a phone's sound, and what gets in their way. */
export class PhoneSound {
  readonly audio: PhoneAudio;
  readonly #outbound: OutboundAudio;
  readonly #sinks: PhoneSoundSinks;
  readonly #stopWatchingDevices: () => void;
  #watching = new AbortController();
  #report: MicrophoneReport = { name: 'off' };
  #track: MediaStreamTrack | null = null;
  #newest: OpenMicrophone | null = null;
  #devicesChanged = false;
  #liveSince = 0;
  readonly #clock: Clock;

  /** Opens what may only be opened inside a gesture. */
  constructor(
    { microphone, openAudio, clock }: Pick<PhoneHost, 'microphone' | 'openAudio' | 'clock'>,
    sinks: PhoneSoundSinks,
  ) {
    this.#sinks = sinks;
    this.#clock = clock;
    this.audio = openAudio(() => this.#tellAudio());
    this.#outbound = new OutboundAudio({
      microphone: {
        open: async (...wishes) => {
          this.#newest = await microphone.open(...wishes);
          return this.#newest;
        },
        onDevicesChanged: (listener) => microphone.onDevicesChanged(listener),
      },
      graph: this.audio,
      processing: {},
      sinks: {
        onTrack: (track) => this.#use(track),
        onMicrophone: (report) => this.#reported(report),
        onWarning: (error) => this.#warned(error),
      },
    });
    this.#stopWatchingDevices = microphone.onDevicesChanged(() => {
      const settled = clock.now() - this.#liveSince >= OPENING_MS;
      if (this.#report.name === 'live' && settled) this.#tellDevices(true);
    });
    this.#tellAudio();
  }

  /** The track to send now: the microphone, or silence. */
  get track(): MediaStreamTrack {
    return this.#outbound.track;
  }

  /** The microphone that is open; null while it is silence that is sent. */
  get microphone(): OpenMicrophone | null {
    return this.#newest?.track === this.track ? this.#newest : null;
  }

  /** Opens the microphone, and settles for silence when there is none. Never rejects. */
  open(): Promise<void> {
    return this.#outbound.open(null);
  }

  /** Lets the microphone be heard or not, at once. */
  setHeard(heard: boolean): void {
    this.#outbound.setEnabled(heard);
  }

  /** Starts what stopped: the sound, and a microphone that is missing, silenced or no longer the preferred one. Never rejects. */
  async resume(): Promise<void> {
    const playing = this.audio.resume();
    const opening = this.#report.name === 'prompting';
    const healthy = this.#report.name === 'live' && this.#track?.muted === false && !this.#devicesChanged;
    if (!healthy && !opening) {
      this.#tellDevices(false);
      // What is in the way is told by the report.
      await this.#outbound.select(null).catch(() => {});
    }
    await playing;
  }

  /** Ends both directions; final and idempotent. */
  close(): void {
    this.#watching.abort();
    this.#stopWatchingDevices();
    this.#outbound.close();
    this.audio.close();
  }

  #use(track: MediaStreamTrack): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    this.#track = track;
    const until = { signal: this.#watching.signal };
    const tell = () => this.#sinks.onTrouble('microphone_interrupted', track.muted);
    for (const name of ['mute', 'unmute']) track.addEventListener(name, tell, until);
    tell();
    this.#sinks.onTrack(track);
  }

  #reported(report: MicrophoneReport): void {
    this.#report = report;
    if (report.name === 'live') this.#liveSince = this.#clock.now();
    this.#sinks.onMicrophone(report);
  }

  #warned(error: VoiceBridgeError): void {
    // One went away and another took its place; everything else is in the report.
    if (error.code === 'microphone_not_found' && this.#report.name === 'live') this.#tellDevices(true);
  }

  #tellDevices(changed: boolean): void {
    this.#devicesChanged = changed;
    this.#sinks.onTrouble('devices_changed', changed);
  }

  #tellAudio(): void {
    const { state } = this.audio;
    this.#sinks.onTrouble('audio_blocked', state === 'blocked');
    this.#sinks.onTrouble('audio_interrupted', state === 'interrupted');
  }
}
