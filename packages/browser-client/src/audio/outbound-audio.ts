import { toVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import type { MicrophoneReport } from '../client-state.ts';
import type { MicrophoneReason } from '../voice-client.ts';
import type { AudioGraph } from './audio-graph.ts';
import type { InputMix } from './input-mix.ts';
import type { Microphone, MicrophoneProcessing, OpenMicrophone } from './microphone.ts';

/** What {@link OutboundAudio} tells. */
export interface OutboundAudioSinks {
  /** Another track is to be sent. */
  onTrack(track: MediaStreamTrack): void;
  onMicrophone(report: MicrophoneReport): void;
  /** Something went wrong and was worked around. */
  onWarning(error: VoiceBridgeError): void;
}

/** What {@link OutboundAudio} works with. */
export interface OutboundAudioOptions {
  readonly microphone: Microphone;
  readonly graph: AudioGraph;
  readonly processing: MicrophoneProcessing;
  readonly sinks: OutboundAudioSinks;
}

/** What the page sends: the microphone, or silence while there is none. A device that goes away is replaced by the default one. */
export class OutboundAudio {
  readonly #options: OutboundAudioOptions;
  readonly #stopWatching: () => void;
  #microphone: OpenMicrophone | null = null;
  #mix: InputMix | undefined;
  #unavailable: MicrophoneReason | null = null;
  #enabled = true;
  /** Grows with every opening and with close: an opening that is not the latest is dropped when it arrives. */
  #generation = 0;
  #opening = 0;
  #closed = false;

  constructor(options: OutboundAudioOptions) {
    this.#options = options;
    this.#stopWatching = options.microphone.onDevicesChanged(() => this.#devicesChanged());
  }

  /** The track to send now. */
  get track(): MediaStreamTrack {
    return this.#mix?.track ?? this.#microphone?.track ?? this.#options.graph.silentTrack();
  }

  /** Opens a microphone, and settles for silence when there is none. Never rejects. */
  async open(deviceId: string | null): Promise<void> {
    this.#options.sinks.onMicrophone({ name: 'prompting' });
    await this.#open(deviceId).catch((error: unknown) => this.#settleForSilence(error));
  }

  /** Changes to another microphone. Rejects with its code and keeps the present one. */
  async select(deviceId: string | null): Promise<void> {
    if (this.#microphone === null) this.#options.sinks.onMicrophone({ name: 'prompting' });
    try {
      await this.#open(deviceId);
    } catch (error) {
      if (this.#microphone === null) this.#settleForSilence(error);
      throw error;
    }
  }

  /** Lets the microphone be heard or not, what else is in a mix in any case; silence either way while there is none. */
  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    if (this.#microphone !== null) this.#microphone.track.enabled = enabled;
  }

  /** Sends what this mix makes of the microphone; undefined: the microphone itself. */
  setMix(mix: InputMix | undefined): void {
    if (mix === this.#mix) return;
    this.#mix = mix;
    this.#tellTrack();
  }

  /** Stops the microphone; final and idempotent. */
  close(): void {
    this.#closed = true;
    this.#generation++;
    this.#stopWatching();
    this.#microphone?.stop();
    this.#microphone = null;
  }

  async #open(deviceId: string | null): Promise<void> {
    if (this.#closed) return;
    const generation = ++this.#generation;
    const { microphone, processing, sinks } = this.#options;
    let opened: OpenMicrophone | null = null;
    this.#opening++;
    try {
      opened = await microphone.open(deviceId, processing, () => void this.#ended(opened));
    } catch (error) {
      if (generation !== this.#generation) return;
      throw error;
    } finally {
      this.#opening--;
    }
    if (generation !== this.#generation) return opened.stop();
    const previous = this.#microphone;
    opened.track.enabled = this.#enabled;
    this.#microphone = opened;
    this.#unavailable = null;
    this.#tellTrack();
    previous?.stop();
    sinks.onMicrophone({ name: 'live' });
  }

  async #ended(microphone: OpenMicrophone | null): Promise<void> {
    if (microphone === null || microphone !== this.#microphone) return;
    microphone.stop();
    this.#microphone = null;
    this.#tellTrack();
    if (this.#opening > 0) return;
    await this.open(null);
    if (this.#microphone !== null) this.#options.sinks.onWarning(WENT_AWAY);
  }

  #devicesChanged(): void {
    if (this.#unavailable !== 'microphone_not_found' && this.#unavailable !== 'microphone_in_use') return;
    this.#open(null).catch(() => {});
  }

  #settleForSilence(thrown: unknown): void {
    const error = toVoiceBridgeError(thrown, 'microphone_failed', 'The microphone could not be opened');
    this.#unavailable = reasonOf(error);
    this.#options.sinks.onMicrophone({ name: 'unavailable', reason: this.#unavailable });
    this.#options.sinks.onWarning(error);
  }

  #tellTrack(): void {
    const stream = this.#microphone?.stream ?? null;
    this.#options.graph.watchInput(stream);
    this.#mix?.setMicrophone(stream);
    this.#options.sinks.onTrack(this.track);
  }
}

const WENT_AWAY = new VoiceBridgeError('microphone_not_found', 'The microphone went away; the default one is used now');

function reasonOf(error: VoiceBridgeError): MicrophoneReason {
  switch (error.code) {
    case 'microphone_denied':
    case 'microphone_not_found':
    case 'microphone_in_use':
    case 'insecure_context':
      return error.code;
    default:
      return 'microphone_failed';
  }
}
