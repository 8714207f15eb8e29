import {
  type DesktopMessage,
  type IceServer,
  type SignalingEvent,
  type Unsubscribe,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { failureOf } from '../../abortable.ts';
import { BridgeApi } from '../../bridge/bridge-api.ts';
import { BridgeHttp } from '../../bridge/bridge-http.ts';
import type { VoiceBridgeClient } from '../../voice-bridge-client.ts';
import { SignalingLine } from '../shared/signaling-line.ts';
import { ConversationTeller } from './conversation-teller.ts';
import type { MixSource, SpeakerWhilePhone } from './desktop-end.ts';
import { HeldTurns } from './held-turns.ts';
import type { LinkHost } from './link-host.ts';
import type { MixSettings } from './mix-settings.ts';
import { PairingApi } from './pairing-api.ts';
import type { PhoneMixer } from './phone-mixer.ts';
import { PhoneTable } from './phone-table.ts';
import { SpeakerRule } from './speaker-rule.ts';

/** What a {@link LinkRun} works with. */
export interface LinkRunOptions {
  readonly client: VoiceBridgeClient;
  readonly host: LinkHost;
  readonly settings: MixSettings;
  readonly speakerWhilePhone: SpeakerWhilePhone;
  /** Whether phones wait until they are accepted. */
  readonly confirm: boolean;
  /** Whatever is shown is another one. */
  readonly onChanged: () => void;
  readonly onWarning: (error: VoiceBridgeError) => void;
  /** It is over, without our doing; not before it was open. */
  readonly onEnded: (error: VoiceBridgeError) => void;
}

const BLOCKED = new VoiceBridgeError('audio_blocked', 'The browser does not let the page mix sound yet', {
  hint: 'Any click or key press starts it.',
});

/** A link from `open()` to its end: the signaling line, the mix, and the phones. */
export class LinkRun {
  readonly pairing: PairingApi;
  readonly phones: PhoneTable;
  readonly #options: LinkRunOptions;
  readonly #over = new AbortController();
  readonly #api: BridgeApi;
  readonly #line: SignalingLine;
  readonly #mixer: PhoneMixer;
  readonly #rule: SpeakerRule;
  readonly #teller: ConversationTeller;
  readonly #turns: HeldTurns;
  readonly #stops: readonly Unsubscribe[];
  #opened: () => void = () => {};
  #failed: (error: VoiceBridgeError) => void;
  #iceServers: readonly IceServer[] | null = null;
  #mixes = false;
  /** Whether the client's sound is as we want it. */
  #sounds = false;

  /** Opens what may only be opened inside a gesture. */
  constructor(options: LinkRunOptions) {
    this.#options = options;
    const { client, host, speakerWhilePhone, settings, confirm } = options;
    const { url = '', auth } = client.options;
    const { clock, fetch } = host;
    const { conversationId } = client;
    const http = new BridgeHttp({ url, auth, fetch, clock });
    this.pairing = new PairingApi(http, conversationId);
    this.#api = new BridgeApi({ url, auth, fetch, clock, conversationId });
    this.#failed = options.onEnded;
    this.#line = new SignalingLine({
      http,
      host,
      conversationId,
      peerId: 'desktop',
      sinks: {
        onOpen: () => this.#lineOpen(),
        onEvent: (event) => this.#heard(event),
        onLost: (error) => {
          this.phones.signalingLost();
          options.onWarning(error);
        },
        onEnded: (error) => this.#failed(error),
      },
    });
    this.#mixer = host.openMixer((running) => this.#mixRuns(running));
    this.#turns = new HeldTurns(clock, client);
    this.phones = new PhoneTable({
      host,
      client,
      settings,
      mixer: this.#mixer,
      pairing: this.pairing,
      confirm,
      iceServers: () => this.#askForIceServers(),
      signal: (message) => void this.#line.send(message),
      over: this.#over.signal,
      onChanged: () => this.#changed(),
      onForgotten: () => this.apply(),
      onOpen: (tell) => this.#phoneOpen(tell),
      // Who is not in the mix has no turn.
      onTalk: (peerId, talking) => this.#turns.set(peerId, talking && settings.factor(peerId) > 0),
      onWarning: (error) => this.#warn(error),
    });
    this.#rule = new SpeakerRule(clock, speakerWhilePhone, () => this.#sound());
    this.#teller = new ConversationTeller(client, clock, (message) => this.phones.tellAll(message));
    this.#stops = [client.subscribe(() => this.phones.clientChanged()), host.onPageLeft(() => this.close())];
    this.apply();
  }

  /** Resolves when phones can come. Rejects with a coded error, and is over then. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opened = resolve;
      this.#failed = reject;
      this.#line.open();
    });
  }

  /** Aborted at the end. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Whether phones can come now. */
  get isOpen(): boolean {
    return this.#line.isOpen;
  }

  /** Makes every source as loud as the settings say. */
  apply(): void {
    const { settings } = this.#options;
    this.#mixer.setGain('desktop', settings.factor('desktop'));
    this.#mixer.setMicrophoneToPhones(settings.sendsMicrophoneToPhone);
    this.phones.applySettings();
    if (!this.#mixes) this.#sound();
    this.#changed();
  }

  level(source: MixSource): number {
    return source === 'desktop' ? this.#mixer.level(source) : this.phones.level(source);
  }

  /** Ends everything; idempotent and final. */
  close(): void {
    if (this.#over.signal.aborted) return;
    const aborted = new VoiceBridgeError('aborted', 'The phone link was closed');
    this.#over.abort(aborted);
    for (const stop of this.#stops) stop();
    this.#teller.close();
    this.phones.close();
    this.#line.close();
    this.#rule.close();
    this.#turns.close();
    this.#leaveSound();
    this.#mixer.close();
    this.#failed(aborted);
  }

  #lineOpen(): void {
    this.phones.signalingOpened();
    this.#opened();
    this.#failed = this.#options.onEnded;
    this.#changed();
  }

  #mixRuns(running: boolean): void {
    if (this.#over.signal.aborted) return;
    this.#mixes = running;
    this.#sound();
    if (!running) this.#warn(BLOCKED);
  }

  #sound(): void {
    const { client } = this.#options;
    const isSilent = this.#isSilent;
    if (this.#mixes) client.setSound({ mix: this.#mixer, speakerVolume: this.#rule.volume });
    // A mix that stands still is silent: as it should be where the desktop is, and else its own microphone is better than nobody.
    else if (isSilent) client.setSound({ mix: this.#mixer });
    else if (this.#sounds) client.setSound({});
    this.#sounds = this.#mixes || isSilent;
  }

  /** What was silent here does not go live because we end: its user sees that it is muted, and may end that. */
  #leaveSound(): void {
    if (!this.#sounds) return;
    const { client } = this.#options;
    if (this.#isSilent) client.setMuted(true);
    client.setSound({});
  }

  /** Whether the desktop's microphone is not to be heard, whatever silences it. */
  get #isSilent(): boolean {
    return this.#options.settings.factor('desktop') === 0;
  }

  #heard(event: SignalingEvent): void {
    if (event.type !== 'error') this.phones.heard(event);
    else this.#warn(new VoiceBridgeError('invalid_message', `The bridge passed nothing on: ${event.message}`));
  }

  #phoneOpen(tell: (message: DesktopMessage) => void): void {
    this.#teller.tellAnew(this.#options.client.conversationId, tell);
    if (!this.#mixes) this.#warn(BLOCKED);
  }

  /** Their credentials expire; when the bridge cannot be asked, the last ones may do. */
  async #askForIceServers(): Promise<readonly IceServer[]> {
    try {
      this.#iceServers = (await this.#api.config(this.#over.signal)).iceServers;
    } catch (error) {
      if (this.#iceServers === null) throw error;
    }
    return this.#iceServers;
  }

  #warn(thrown: unknown): void {
    if (!this.#over.signal.aborted) this.#options.onWarning(failureOf(thrown, this.#over.signal));
  }

  #changed(): void {
    if (this.#over.signal.aborted) return;
    this.#rule.set(this.phones.isHeard);
    this.#options.onChanged();
  }
}
